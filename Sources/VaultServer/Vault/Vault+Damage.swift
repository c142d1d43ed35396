import Logging
import VaultAccess
import VaultSeal
import VaultStore

extension Vault {
    /// Opens the store. What is not what was written is refused, or, with damage accepted, served
    /// as far as it verifies.
    func openStore(
        _ keyring: OpenedKeyring, acceptsDamage: Bool = false,
        progress: (@Sendable (UnsealStep) -> Void)?
    ) throws(VaultError) -> OpenVault {
        var report: (@Sendable (Int, Int) -> Void)?
        if let progress {
            report = { done, total in progress(.verifyingRecords(done: done, total: total)) }
        }
        var stale: [Damage] = []
        do throws(StoreError) {
            let log = trail.log
            let anchor = anchorFile(keyring.cipher.storeID)
            let store = try Store.open(
                in: directory.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
                configuration: watchedConfiguration, progress: report
            ) { (moment) throws(StoreError) in
                stale = try Freshness.damage(
                    of: moment, keyring: keyring, log: log, anchor: anchor)
                if let first = stale.first { throw .damaged(first.what) }
            }
            let open = OpenVault(store: store, keyring: keyring)
            noteKeyring(open)
            return open
        } catch {
            guard acceptsDamage, case .damaged(let what) = error else { throw .store(error) }
            logger.critical("opening a damaged vault", metadata: ["what": "\(what)"])
        }
        do throws(StoreError) {
            var (store, damage) = try Store.openDamaged(
                in: directory.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
                configuration: storeConfiguration, progress: report)
            for item in stale { damage.damage.note(item) }
            return OpenVault(store: store, keyring: keyring, damage: damage)
        } catch {
            throw .store(error)
        }
    }

    /// What the vault says when the store's file fails.
    private var watchedConfiguration: StoreConfiguration {
        var configuration = storeConfiguration
        configuration.whenFailed = { [weak self] error in
            guard let self else { return }
            if case .damaged(let what) = error { return reportDamage(what) }
            logger.critical(
                "nothing can be written any more",
                metadata: ["error": "\(StatusTable.text(of: error))"])
            notifyObservers()
        }
        return configuration
    }

    /// Has the store remember how new the keyring is, so that an older one is not believed. Waits
    /// for a commit; not on an event loop.
    func noteKeyring(_ open: OpenVault) {
        guard !open.store.isReadOnly else { return }
        let generation: UInt64
        // Closed: nothing changes any more.
        do throws(SealError) { generation = try open.keyring.generation() } catch { return }
        guard generation > open.store.keyringGeneration else { return }
        do throws(StoreError) {
            _ = try open.store.write(.noteKeyring(generation))
        } catch {
            logger.warning(
                "the store does not remember how new the keyring is",
                metadata: ["error": "\(error)"])
        }
    }

    /// The same soon, when the vault is open. Every second, for changes that nobody told of.
    func noteKeyringSoon() {
        // Passphrases are hashed on this thread: only there the keyring is not waited for.
        _ = keyThread.submit {
            do throws(VaultError) { self.noteKeyring(try self.open()) } catch {
                // Sealed: there is nothing to note.
            }
        }
    }

    /// Nobody shall be able to say that they did not know.
    func say(_ report: DamageReport) {
        trail.noteDamage(count: report.damage.count, records: report.records)
        logger.critical(
            "the vault is damaged and read-only",
            metadata: [
                "revision": "\(report.revision)", "records": "\(report.records)",
                "damage": "\(report.damage.count)",
            ])
        for item in report.damage.items.prefix(Limits.damageLoggedMax) {
            logger.critical("damage", metadata: ["what": "\(item)"])
        }
    }
}
