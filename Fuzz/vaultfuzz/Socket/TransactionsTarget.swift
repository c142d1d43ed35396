import NIOCore
import SwiftProtobuf
import VaultAPI
import VaultSeal

@testable import VaultServer
@testable import VaultStore

/// Requests that were decoded, carried out by a real store, one after the other. Answers can be
/// read by protobuf's own library and hold what was asked for; a store that is opened again is the
/// one that was closed.
///
///     per request: kind, length, bytes
final class TransactionsTarget: FuzzTarget {
    private static let requestsMax = 12

    private let fixture: Fixture
    private let template: StoreTemplate
    /// A new store that the inputs before have asked nothing but to read.
    private var untouched: Store?
    private var isTouched = false
    private let header = ResponseHeader(clusterID: 1, memberID: 2, raftTerm: 3)

    init() throws {
        fixture = try Fixture()
        template = try StoreTemplate(in: fixture.scratch.file("store"), fixture.keyring)
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        do throws(StoreError) {
            let store = if let untouched { untouched } else { try template.openNew() }
            untouched = nil
            isTouched = false
            var count = 0
            while !input.isAtEnd, count < Self.requestsMax {
                let kind = input.byte()
                let message = ByteBuffer(bytes: input.bytes(Int(input.number(UInt16.self))))
                do throws(StoreError) { try run(kind, message, on: store) } catch {
                    checkRefusal(error)
                }
                count += 1
            }
            guard isTouched else {
                untouched = store
                return
            }
            let before = store.revision > .initial ? try everything(in: store) : nil
            store.close()
            guard let before else { return }
            let again = try template.open()
            require(try everything(in: again) == before, "a store that is opened again is the same")
            again.close()
        } catch { preconditionFailure("a store of its own serves: \(error)") }
    }

    private func run(
        _ kind: UInt8, _ message: ByteBuffer, on store: Store
    ) throws(StoreError) {
        switch kind % 5 {
        case 0:
            guard case .success(let query) = RequestDecoding.range(message) else { return }
            try read(query, in: store)
        case 1:
            guard case .success(let put) = RequestDecoding.put(message) else { return }
            try write(.put(put), to: store, as: Etcdserverpb_PutResponse.self)
        case 2:
            guard case .success(let delete) = RequestDecoding.delete(message) else { return }
            try write(.delete(delete), to: store, as: Etcdserverpb_DeleteRangeResponse.self)
        case 3:
            guard case .success(let transaction) = RequestDecoding.transaction(message) else {
                return
            }
            if transaction.isReadOnly, let result = try store.read(transaction) {
                answer(
                    ResponseEncoding.transaction(result, header: header),
                    as: Etcdserverpb_TxnResponse.self)
            } else {
                try write(
                    .transaction(transaction), to: store, as: Etcdserverpb_TxnResponse.self)
            }
        default:
            guard case .success(let compaction) = RequestDecoding.compaction(message) else {
                return
            }
            try write(
                .compact(compaction.revision, physical: compaction.physical), to: store,
                as: Etcdserverpb_CompactionResponse.self)
        }
    }

    private func write<Response: SwiftProtobuf.Message>(
        _ request: WriteRequest, to store: Store, as type: Response.Type
    ) throws(StoreError) {
        isTouched = true
        let before = store.revision
        let result = try store.write(request)
        require(store.revision.rawValue - before.rawValue <= 1, "one request is one revision")
        answer(ResponseEncoding.write(result, header: header), as: type)
    }

    @discardableResult
    private func answer<Response: SwiftProtobuf.Message>(
        _ message: ByteBuffer, as type: Response.Type
    ) -> Response {
        do { return try Response(serializedBytes: Bytes(message.readableBytesView)) } catch {
            preconditionFailure("an answer is a message: \(error)")
        }
    }

    private func read(_ query: RangeQuery, in store: Store) throws(StoreError) {
        var sink = RangeResponseSink()
        guard let summary = try store.range(query, into: &sink) else { return }
        let response = answer(
            sink.finish(summary, header: header), as: Etcdserverpb_RangeResponse.self)
        let keys = response.kvs.map { Bytes($0.key) }
        require(Set(keys).count == keys.count, "a key is answered once")
        require(keys.allSatisfy { query.range.contains($0) }, "only what was asked for is answered")
        require(query.limit <= 0 || keys.count <= query.limit, "no more is answered than asked for")
        require(keys.count <= response.count, "what is answered is counted")
        if query.keysOnly {
            require(response.kvs.allSatisfy { $0.value.isEmpty }, "keys come without values")
        }
        if query.countOnly { require(keys.isEmpty, "a count comes without keys") }
        if query.sortTarget == .key, query.sortOrder != .descending {
            require(
                zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) },
                "keys come in their order")
        }
    }

    /// Nothing that a client asks for damages the store or stops it.
    private func checkRefusal(_ error: StoreError) {
        switch error {
        case .corrupt, .readOnly, .damaged, .unsupportedFormat, .closed, .inUse, .storage,
            .diskFull:
            preconditionFailure("a request does that to the store: \(error)")
        default: break
        }
    }

    private func everything(in store: Store) throws(StoreError) -> Bytes {
        var sink = RangeResponseSink()
        guard let summary = try store.range(RangeQuery(range: .all), into: &sink) else {
            preconditionFailure("so little is read at once")
        }
        return Bytes(sink.finish(summary, header: header).readableBytesView)
    }

    var seeds: [[UInt8]] {
        func request(_ kind: UInt8, _ message: some SwiftProtobuf.Message) -> [UInt8] {
            let bytes = RequestSeeds.encoded(message)
            return [kind] + Input.encode(UInt16(bytes.count)) + bytes
        }
        let put = request(1, RequestSeeds.put) + request(1, RequestSeeds.put("b"))
        let ranges = RequestSeeds.ranges.flatMap { request(0, $0) }
        let transaction = request(3, RequestSeeds.transaction)
        let compaction = request(4, Etcdserverpb_CompactionRequest.with { $0.revision = 2 })
        return [
            put + ranges, put + transaction + transaction + ranges,
            put + put + request(2, RequestSeeds.deletion) + compaction + ranges, transaction,
        ]
    }
}
