import Logging
import Synchronization
import VaultAccess
import VaultSeal
import VaultStore

extension Vault {
    /// Makes the data directory a vault. Leaves it unsealed when a given slot can open it at once.
    /// `completion` runs on another thread.
    func initialize(
        slots: [NewSlot], administrators: [Principal] = [],
        completion: @escaping @Sendable (Result<InitOutcome, VaultError>) -> Void
    ) {
        guard !slots.isEmpty, slots.count <= Limits.newSlotsMax else {
            return completion(
                .failure(.invalidRequest("give 1 to \(Limits.newSlotsMax) key slots")))
        }
        let accepted = keyThread.submit {
            do throws(VaultError) {
                try self.state.withLock { state throws(VaultError) in
                    try state.lifecycle.beginInit()
                }
            } catch {
                return completion(.failure(error))
            }
            let created = Result { () throws(VaultError) in try self.createKeyring(slots) }
            let opens = slots.contains { $0.opensAtOnce }
            let accepted = self.storeThread.submit {
                self.finishInit(created, administrators, opens: opens, completion)
            }
            precondition(accepted, "the store thread takes one opening at a time")
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    private struct CreatedKeyring {
        let opened: OpenedKeyring
        let shares: [ShareText]
    }

    private func createKeyring(_ slots: [NewSlot]) throws(VaultError) -> CreatedKeyring {
        do throws(DataDirectoryError) {
            try directory.beginInit()
        } catch {
            throw .directory(error)
        }
        do throws(SealError) {
            var shares: [ShareText] = []
            let opened = try KeyringFile.createAll(
                in: directory.path, passphraseCost: passphraseCost
            ) { (new) throws(SealError) in
                for slot in slots { shares += try Self.add(slot, to: &new) }
            }
            return CreatedKeyring(opened: opened, shares: shares)
        } catch {
            throw .seal(error)
        }
    }

    private static func add(
        _ slot: NewSlot, to new: inout NewKeyring
    ) throws(SealError) -> [ShareText] {
        switch slot.opener {
        case .credential(let box):
            try new.addSlot(for: box.credential, label: slot.label)
            return []
        case .recipient(let key):
            try new.addSlot(forRecipient: key.bytes, label: slot.label)
            return []
        case .shares(let count, let threshold):
            return try new.addShares(count: count, threshold: threshold, label: slot.label)
        }
    }

    private func finishInit(
        _ created: Result<CreatedKeyring, VaultError>, _ administrators: [Principal], opens: Bool,
        _ completion: @Sendable (Result<InitOutcome, VaultError>) -> Void
    ) {
        var isInitialized = false
        do throws(VaultError) {
            let created = try created.get()
            let keyring = created.opened
            let open = try openNew(keyring, administrators)
            isInitialized = true
            describeKeyring()
            if opens {
                try openAccess(open)
                publish(open)
            } else {
                open.store.close()
                open.cipher.close()
                open.keyring.close()
                completeSeal { $0.lifecycle.finishInitSealed() }
            }
            let description = state.withLock { $0.keyring }
            guard let description else { throw .seal(.damaged(what: "the new keyring")) }
            completion(
                .success(
                    InitOutcome(
                        keyring: description, isSealed: !opens, shares: created.shares)))
        } catch {
            logger.error("init failed", metadata: ["error": "\(error)"])
            if !isInitialized { trail.end() }
            completeSeal { $0.lifecycle.failInit(isInitialized: isInitialized) }
            completion(.failure(error))
        }
    }

    /// Makes store, audit log and rules, and of the directory a vault only when all of them are
    /// there: without one of them there is none, and it can be tried again.
    private func openNew(
        _ keyring: OpenedKeyring, _ administrators: [Principal]
    ) throws(VaultError) -> OpenVault {
        do throws(StoreError) {
            try Store.create(
                in: directory.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
                configuration: storeConfiguration)
        } catch {
            throw .store(error)
        }
        try trail.begin(keyring.cipher.storeID)
        let open = try openStore(keyring, progress: nil)
        do throws(VaultError) {
            try writeRules(administrators, to: open.store)
            try finishDirectory(keyring.cipher)
        } catch {
            open.store.close()
            throw error
        }
        return open
    }

    /// Whom a new vault knows beside root and the daemon's own user.
    private func writeRules(
        _ administrators: [Principal], to store: Store
    ) throws(VaultError) {
        guard !administrators.isEmpty else { return }
        let book: AccessBook
        do throws(AccessError) {
            book = try AccessBook(administrators: administrators)
        } catch { throw .access(error) }
        do throws(StoreError) {
            _ = try store.write(.replaceAccess(book.encode()))
        } catch { throw .store(error) }
    }

    private func finishDirectory(_ cipher: RecordCipher) throws(VaultError) {
        do throws(DataDirectoryError) {
            try directory.finishInit(
                CurrentFile(storeID: cipher.storeID, timelineNumber: cipher.timeline.number))
        } catch {
            throw .directory(error)
        }
    }
}
