import NIOCore
import RPC
import SwiftProtobuf

/// Messages of calls that are too rare to encode by hand.
enum Answer {
    static func encoded(_ message: some SwiftProtobuf.Message) -> Result<ByteBuffer, Status> {
        do {
            let bytes: [UInt8] = try message.serializedBytes()
            return .success(ByteBuffer(bytes: bytes))
        } catch {
            // Only required fields, which proto3 does not have, and messages beyond 2 GiB fail.
            return .failure(Status(.internal, "vaultd: the answer has no encoding"))
        }
    }

    static func unary(_ message: some SwiftProtobuf.Message) -> UnaryAnswer {
        switch encoded(message) {
        case .success(let buffer): .message(buffer)
        case .failure(let status): .failure(status)
        }
    }

    static func decoded<Request: SwiftProtobuf.Message>(
        _ message: ByteBuffer, as type: Request.Type
    ) -> Result<Request, Status> {
        do {
            return .success(try Request(serializedBytes: [UInt8](message.readableBytesView)))
        } catch {
            return .failure(StatusTable.status(of: WireError(reason: "not a \(type)")))
        }
    }
}

extension Result<ByteBuffer, Status> {
    /// As an answer.
    var answer: UnaryAnswer {
        switch self {
        case .success(let buffer): .message(buffer)
        case .failure(let status): .failure(status)
        }
    }
}

extension UnaryCall {
    /// Ends a call that answered `.later`.
    func finish(_ result: Result<ByteBuffer, Status>) {
        switch result {
        case .success(let message): finish(message)
        case .failure(let status): finish(status)
        }
    }
}
