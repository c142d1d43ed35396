import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// `etcdserverpb.KV`.
final class KVService: Sendable {
    private let vault: Vault
    private let door: VaultDoor
    private let reads: LongReads

    /// For the event loop whose door it is.
    init(vault: Vault, door: VaultDoor, reads: LongReads) {
        self.vault = vault
        self.door = door
        self.reads = reads
    }

    var routes: [Route] {
        [
            .unary(Methods.KV.range.path) { self.range($0, $1) },
            .unary(Methods.KV.put.path) { call, message in
                self.write(call, message, RequestDecoding.put(message)) { put, record in
                    record.names(KeyRange(key: put.key))
                    return .put(put)
                } allowing: { (rights, put, store) throws(StoreError) in
                    try rights.allows(put, in: store)
                }
            },
            .unary(Methods.KV.deleteRange.path) { call, message in
                self.write(call, message, RequestDecoding.delete(message)) { delete, record in
                    record.names(delete.range)
                    return .delete(delete)
                } allowing: { rights, delete, _ in
                    rights.allows(delete)
                }
            },
            .unary(Methods.KV.txn.path) { self.transaction($0, $1) },
            .unary(Methods.KV.compact.path) { call, message in
                self.write(call, message, RequestDecoding.compaction(message)) { request, _ in
                    .compact(request.revision, physical: request.physical)
                } allowing: { rights, _, _ in
                    rights.isAdministrator
                }
            },
        ]
    }

    /// Answers on the event loop; only what is long goes elsewhere.
    private func range(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch RequestDecoding.range(message) {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let query): return range(call, query)
        }
    }

    private func range(_ call: UnaryCall, _ query: RangeQuery) -> UnaryAnswer {
        let record = call.record
        record.names(query.range)
        guard record.rights.allowsRead(query.range) else { return record.refuse() }
        let entry: VaultDoor.Entry
        do throws(VaultError) {
            entry = try vault.open(door)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
        do throws(StoreError) {
            if let answer = try entry.range(query) { return .message(answer) }
        } catch {
            return .failure(vault.refusal(for: error))
        }
        let turns = AnswerTurns(call: call, open: entry.open, vault: vault) {
            (open) throws(StoreError) in
            SlicedRange(try open.store.scan(query), header: open.header)
        }
        return reads.answer(call) { turns.turn() }
    }

    /// `body` says what the request asks for and names its keys, `allowing` whether it may.
    private func write<Request>(
        _ call: UnaryCall, _ message: ByteBuffer, _ result: Result<Request, WireError>,
        _ body: (Request, CallRecord) -> WriteRequest,
        allowing: (Rights, Request, Store) throws(StoreError) -> Bool
    ) -> UnaryAnswer {
        let request: Request
        switch result {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let decoded): request = decoded
        }
        let record = call.record
        let write = body(request, record)
        let entry: VaultDoor.Entry
        do throws(VaultError) {
            entry = try vault.open(door)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
        do throws(StoreError) {
            guard try allowing(record.rights, request, entry.open.store) else {
                return record.refuse()
            }
        } catch {
            return .failure(vault.refusal(for: error))
        }
        guard message.readableBytes <= Limits.writeRequestBytesMax else {
            return .failure(StatusTable.requestTooLarge)
        }
        return vault.submit(write, to: entry.open, for: call)
    }

    private func transaction(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch RequestDecoding.transaction(message) {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let transaction):
            guard transaction.isReadOnly else {
                return write(call, message, .success(transaction)) { transaction, record in
                    record.names(transaction)
                    return .transaction(transaction)
                } allowing: { (rights, transaction, store) throws(StoreError) in
                    try rights.allows(transaction, in: store)
                }
            }
            return read(call, transaction)
        }
    }

    /// A transaction of ranges: on the event loop when it is little work.
    private func read(_ call: UnaryCall, _ transaction: Transaction) -> UnaryAnswer {
        let entry: VaultDoor.Entry
        do throws(VaultError) {
            entry = try vault.open(door)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
        let record = call.record
        record.names(transaction)
        do throws(StoreError) {
            guard try record.rights.allows(transaction, in: entry.open.store) else {
                return record.refuse()
            }
            if let result = try entry.open.store.read(transaction) {
                return .message(ResponseEncoding.transaction(result, header: entry.open.header))
            }
        } catch {
            return .failure(vault.refusal(for: error))
        }
        let turns = AnswerTurns(call: call, open: entry.open, vault: vault) {
            (open) throws(StoreError) in
            SlicedTransaction(try open.store.scan(transaction), header: open.header)
        }
        return reads.answer(call) { turns.turn() }
    }
}
