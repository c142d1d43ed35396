import FoundationEssentials
import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import VaultAPI

/// The calls that a benchmark makes, over one connection.
struct BenchClient: Sendable {
    /// Operations of a loading transaction: as many as etcd allows.
    static let keysTogether = 128
    /// Loading transactions under way at once.
    static let transactionsUnderWay = 16
    static let valueBytes = 200

    private let client: Client

    init(_ socketPath: String) async throws {
        client = try await Client.connect(
            socketPath: socketPath, group: MultiThreadedEventLoopGroup.singleton)
    }

    func close() async { await client.close() }

    func range(_ request: Etcdserverpb_RangeRequest) async throws -> Etcdserverpb_RangeResponse {
        try await call(Methods.KV.range, request)
    }

    /// The bytes of the answer, not decoded.
    func rangeBytes(_ request: Etcdserverpb_RangeRequest) async throws -> Int {
        let bytes: [UInt8] = try request.serializedBytes()
        let answer = try await client.unary(Methods.KV.range.path, ByteBuffer(bytes: bytes))
        return answer.readableBytes
    }

    func revision() async throws -> Int64 {
        try await range(.with { $0.key = Data("r".utf8) }).header.revision
    }

    func count() async throws -> Int64 {
        try await range(BenchClient.everything { $0.countOnly = true }).count
    }

    /// Writes keys `from..<to`, 128 in a transaction, several transactions at once.
    func load(from: Int, to: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<BenchClient.transactionsUnderWay {
                group.addTask {
                    let step = BenchClient.keysTogether
                    var start = from + worker * step
                    while start < to {
                        try await putTogether(start..<min(start + step, to))
                        start += step * BenchClient.transactionsUnderWay
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func putTogether(_ numbers: Range<Int>) async throws {
        let request = Etcdserverpb_TxnRequest.with {
            $0.success = numbers.map { number in
                .with {
                    $0.requestPut.key = Data(BenchClient.key(number).utf8)
                    $0.requestPut.value = BenchClient.value(number)
                }
            }
        }
        let answer: Etcdserverpb_TxnResponse = try await call(Methods.KV.txn, request)
        guard answer.responses.count == numbers.count else { throw BenchFailure("a short answer") }
    }

    private func call<Answer: Message>(
        _ method: VaultAPI.Method, _ request: some Message
    ) async throws -> Answer {
        let bytes: [UInt8] = try request.serializedBytes()
        let answer = try await client.unary(method.path, ByteBuffer(bytes: bytes))
        return try Answer(serializedBytes: Array(answer.readableBytesView))
    }

    /// Tries a wrong passphrase once.
    func unsealWrongly() async throws {
        let request = Vault_V1_UnsealRequest.with { $0.passphrase = Data("not this one".utf8) }
        let bytes: [UInt8] = try request.serializedBytes()
        let stream = try await client.stream(Methods.Vault.unseal.path)
        try await stream.send(ByteBuffer(bytes: bytes))
        stream.finishSending()
        for try await _ in stream.messages {}
    }

    static func key(_ number: Int) -> String {
        let digits = String(number)
        return "bench/" + String(repeating: "0", count: 9 - digits.count) + digits
    }

    /// Bytes that no disk compresses.
    static func value(_ number: Int) -> Data {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
        var bytes = Data(capacity: valueBytes)
        for _ in 0..<(valueBytes / 8) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    static func everything(
        _ change: (inout Etcdserverpb_RangeRequest) -> Void = { _ in }
    ) -> Etcdserverpb_RangeRequest {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data("bench/".utf8)
        request.rangeEnd = Data("bench0".utf8)
        change(&request)
        return request
    }
}
