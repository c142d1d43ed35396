import Synchronization
import VaultSeal
import VaultStore

extension OpenVault {
    /// The data keys that there are, oldest first, and how many rows of the file are under each.
    /// Not on an event loop. Throws `.closed` when the vault is sealed meanwhile.
    func dataKeyUse() throws(StoreError) -> [(key: DataKeyDescription, records: Int)] {
        let (keys, generation): ([DataKeyDescription], UInt64)
        do throws(SealError) {
            (keys, generation) = (try keyring.dataKeys(), try keyring.generation())
        } catch { throw .closed }
        let began = ContinuousClock.now
        let known = census.withLock { $0.records(generation: generation, now: began) }
        let records: [UInt32: Int]
        if let known {
            records = known
        } else {
            records = try store.dataKeyUse { isClosing.load(ordering: .relaxed) }
            let ended = ContinuousClock.now
            census.withLock {
                $0.note(records, generation: generation, began: began, ended: ended)
            }
        }
        return keys.map { ($0, records[$0.number] ?? 0) }
    }
}
