import NIOCore
import RPC
import VaultAPI
import VaultStore

/// The past of one key: the part of `vault.v1.Vault` that etcd's API has no words for.
final class HistoryService: Sendable {
    private typealias Answering =
        @Sendable (Bytes, Revision, Store) throws(StoreError) -> Result<ByteBuffer, Status>

    private let vault: Vault
    private let reads: LongReads

    init(vault: Vault, reads: LongReads) {
        self.vault = vault
        self.reads = reads
    }

    var routes: [Route] {
        [
            .unary(Methods.Vault.history.path) {
                self.answer($0, $1) { (key, _, store) throws(StoreError) in
                    try Self.history(of: key, in: store)
                }
            },
            .unary(Methods.Vault.version.path) {
                self.answer($0, $1) { (key, revision, store) throws(StoreError) in
                    try Self.version(of: key, at: revision, in: store)
                }
            },
        ]
    }

    private func answer(
        _ call: UnaryCall, _ message: ByteBuffer, _ answer: @escaping Answering
    ) -> UnaryAnswer {
        switch RequestDecoding.history(message) {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let request):
            let record = call.record
            let range = KeyRange(key: request.key)
            record.names(range)
            guard record.rights.allowsRead(range) else { return record.refuse() }
            let open: OpenVault
            do throws(VaultError) {
                open = try vault.open()
            } catch {
                return .failure(StatusTable.status(of: error))
            }
            return reads.answer(call) {
                do throws(StoreError) {
                    call.finish(try answer(request.key, request.revision, open.store))
                } catch {
                    call.finish(self.vault.refusal(for: error))
                }
                return true
            }
        }
    }

    private static func history(
        of key: Bytes, in store: Store
    ) throws(StoreError) -> Result<ByteBuffer, Status> {
        let entries = try store.history(of: key)
        var response = Vault_V1_HistoryResponse()
        response.compactRevision = VaultService.compactRevision(of: store.status())
        if let rule = store.retention(of: key) {
            response.retainedVersions = Int64(rule.versions)
            response.retainedSeconds = rule.duration / 1_000
        }
        response.entries = entries.map { entry in
            var result = Vault_V1_HistoryEntry()
            result.revision = entry.modRevision.rawValue
            result.createRevision = entry.createRevision.rawValue
            result.version = entry.version
            result.deleted = entry.isDeletion
            result.lease = entry.lease.rawValue
            result.valueBytes = UInt64(entry.valueCount)
            result.time = entry.time
            return result
        }
        return Answer.encoded(response)
    }

    private static func version(
        of key: Bytes, at revision: Revision, in store: Store
    ) throws(StoreError) -> Result<ByteBuffer, Status> {
        guard let (found, time) = try store.version(of: key, at: revision) else {
            return .failure(StatusTable.noSuchVersion)
        }
        var writer = WireWriter()
        writer.bytes(1, found.value)
        writer.number(2, found.createRevision.rawValue)
        writer.number(3, found.version)
        writer.number(4, found.lease.rawValue)
        writer.number(5, time)
        return .success(writer.buffer)
    }
}
