import FoundationEssentials
import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// One of several clients that work on the same few keys, over a connection of its own.
struct RegisterClient {
    static let keys = 3

    private let number: Int
    private let recorder: HistoryRecorder
    private let connection: KVConnection
    private var random: SeededRandom

    init(
        _ number: Int, _ socketPath: String, seed: UInt64, recorder: HistoryRecorder
    ) async throws {
        self.number = number
        self.recorder = recorder
        connection = try await KVConnection(socketPath)
        random = SeededRandom(seed: seed &* 1_000 &+ UInt64(number))
    }

    static func key(_ number: Int) -> Data { Data("register/\(number)".utf8) }

    /// One random operation. Throws when no answer came.
    mutating func step() async throws {
        let key = Int(random.next() % UInt64(RegisterClient.keys))
        let action: RegisterOperation.Action
        switch random.next() % 10 {
        case ..<3: action = .put(recorder.newValue())
        case ..<6: action = .get
        case ..<9: action = .swap(expected: recorder.lastSeen(key), new: recorder.newValue())
        default: action = .delete
        }
        try await perform(action, key: key)
    }

    /// Returns the revision that was made.
    @discardableResult
    mutating func perform(
        _ action: RegisterOperation.Action, key: Int
    ) async throws -> Int64? {
        let index = recorder.begin(action, key: key, client: number)
        let told: (answer: RegisterOperation.Answer, header: Int64, made: Int64?)
        switch action {
        case .put(let value): told = try await put(value, key)
        case .get: told = try await get(key)
        case .swap(let expected, let new): told = try await swap(expected, new, key)
        case .delete: told = try await delete(key)
        }
        recorder.end(index, told.answer, header: told.header, made: told.made)
        return told.made
    }

    func close() async { await connection.close() }

    // MARK: - Calls

    private typealias Told = (answer: RegisterOperation.Answer, header: Int64, made: Int64?)

    private mutating func put(_ value: Int, _ key: Int) async throws -> Told {
        let wantsPrevious = random.once(in: 2)
        let answer: Etcdserverpb_PutResponse = try await connection.call(
            Methods.KV.put,
            Etcdserverpb_PutRequest.with {
                $0.key = RegisterClient.key(key)
                $0.value = Data("\(value)".utf8)
                $0.prevKv = wantsPrevious
            })
        let previous = answer.hasPrevKv ? try RegisterClient.value(answer.prevKv) : nil
        return (
            wantsPrevious ? .replaced(previous) : .done, answer.header.revision,
            answer.header.revision
        )
    }

    private func get(_ key: Int) async throws -> Told {
        let answer: Etcdserverpb_RangeResponse = try await connection.call(
            Methods.KV.range,
            Etcdserverpb_RangeRequest.with { $0.key = RegisterClient.key(key) })
        let value = try answer.kvs.first.map(RegisterClient.value)
        return (.holds(value), answer.header.revision, nil)
    }

    private func swap(_ expected: Int?, _ new: Int, _ key: Int) async throws -> Told {
        let request = Etcdserverpb_TxnRequest.with {
            $0.compare = [
                .with {
                    $0.key = RegisterClient.key(key)
                    $0.result = .equal
                    if let expected {
                        $0.target = .value
                        $0.value = Data("\(expected)".utf8)
                    } else {
                        $0.target = .create
                        $0.createRevision = 0
                    }
                }
            ]
            $0.success = [
                .with {
                    $0.requestPut.key = RegisterClient.key(key)
                    $0.requestPut.value = Data("\(new)".utf8)
                }
            ]
            $0.failure = [.with { $0.requestRange.key = RegisterClient.key(key) }]
        }
        let answer: Etcdserverpb_TxnResponse = try await connection.call(Methods.KV.txn, request)
        if answer.succeeded { return (.done, answer.header.revision, answer.header.revision) }
        let found = try answer.responses.first?.responseRange.kvs.first.map(RegisterClient.value)
        return (.holds(found), answer.header.revision, nil)
    }

    private func delete(_ key: Int) async throws -> Told {
        let answer: Etcdserverpb_DeleteRangeResponse = try await connection.call(
            Methods.KV.deleteRange,
            Etcdserverpb_DeleteRangeRequest.with {
                $0.key = RegisterClient.key(key)
                $0.prevKv = true
            })
        let previous = try answer.prevKvs.first.map(RegisterClient.value)
        return (
            .replaced(previous), answer.header.revision,
            answer.deleted > 0 ? answer.header.revision : nil
        )
    }

    static func value(_ keyValue: Mvccpb_KeyValue) throws -> Int {
        let text = String(decoding: keyValue.value, as: UTF8.self)
        guard let value = Int(text) else {
            throw TestFailure("a register holds \(text), which nobody wrote")
        }
        return value
    }
}
