import Logging
import Synchronization
import VaultAccess
import VaultSeal
import VaultStore

extension Vault {
    /// Makes the data directory a vault and leaves it unsealed: every kind of slot there is can
    /// open it at once. `completion` runs on another thread.
    func initialize(
        slots: [CredentialBox], administrators: [Principal] = [],
        completion: @escaping @Sendable (Result<KeyringDescription, VaultError>) -> Void
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
            let accepted = self.storeThread.submit {
                self.finishInit(created, administrators, completion)
            }
            precondition(accepted, "the store thread takes one opening at a time")
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    private func createKeyring(_ slots: [CredentialBox]) throws(VaultError) -> OpenedKeyring {
        do throws(DataDirectoryError) {
            try directory.beginInit()
        } catch {
            throw .directory(error)
        }
        do throws(SealError) {
            return try KeyringFile.createAll(in: directory.path, passphraseCost: passphraseCost) {
                (new) throws(SealError) in
                for slot in slots { try new.addSlot(for: slot.credential) }
            }
        } catch {
            throw .seal(error)
        }
    }

    private func finishInit(
        _ created: Result<OpenedKeyring, VaultError>, _ administrators: [Principal],
        _ completion: @Sendable (Result<KeyringDescription, VaultError>) -> Void
    ) {
        var isInitialized = false
        do throws(VaultError) {
            let keyring = try created.get()
            try createStore(keyring)
            isInitialized = true
            try trail.begin(keyring.cipher.storeID)
            let open = try openStore(keyring, progress: nil)
            try writeRules(administrators, to: open.store)
            describeKeyring()
            try openAccess(open)
            publish(open)
            let description = state.withLock { $0.keyring }
            guard let description else { throw .seal(.damaged(what: "the new keyring")) }
            completion(.success(description))
        } catch {
            logger.error("init failed", metadata: ["error": "\(error)"])
            completeSeal { $0.lifecycle.failInit(isInitialized: isInitialized) }
            completion(.failure(error))
        }
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

    private func createStore(_ keyring: OpenedKeyring) throws(VaultError) {
        let cipher = keyring.cipher
        do throws(StoreError) {
            try Store.create(
                in: directory.path, cipher: cipher, stateHashKey: keyring.stateHashKey,
                configuration: storeConfiguration)
        } catch {
            throw .store(error)
        }
        do throws(DataDirectoryError) {
            try directory.finishInit(
                CurrentFile(storeID: cipher.storeID, timelineNumber: cipher.timeline.number))
        } catch {
            throw .directory(error)
        }
    }
}
