import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

/// The keys of the large store: like those of real applications, and not in the order of writing.
func benchKey(_ number: Int) -> [UInt8] {
    Array("bench/app-\(number % 1000)/secret-\(number)".utf8)
}

extension Message {
    func buffer() throws -> ByteBuffer {
        ByteBuffer(bytes: try serializedBytes() as [UInt8])
    }
}

extension Client {
    func range(
        _ configure: (inout Etcdserverpb_RangeRequest) -> Void
    ) async throws -> Etcdserverpb_RangeResponse {
        var request = Etcdserverpb_RangeRequest()
        configure(&request)
        let answer = try await unary(Methods.KV.range.path, try request.buffer())
        return try Etcdserverpb_RangeResponse(serializedBytes: Array(answer.readableBytesView))
    }
}
