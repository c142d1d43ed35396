import Logging
import Synchronization
import VaultSeal
import VaultStore

extension Vault {
    /// Makes the data directory a vault and leaves it unsealed: every kind of slot there is can
    /// open it at once. `completion` runs on another thread.
    func initialize(
        slots: [CredentialBox],
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
            let accepted = self.storeThread.submit { self.finishInit(created, completion) }
            precondition(accepted, "the store thread takes one opening at a time")
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    private func createKeyring(_ slots: [CredentialBox]) throws(VaultError) -> RecordCipher {
        do throws(DataDirectoryError) {
            try directory.beginInit()
        } catch {
            throw .directory(error)
        }
        do throws(SealError) {
            return try KeyringFile.create(in: directory.path, passphraseCost: passphraseCost) {
                (new) throws(SealError) in
                for slot in slots { try new.addSlot(for: slot.credential) }
            }
        } catch {
            throw .seal(error)
        }
    }

    private func finishInit(
        _ created: Result<RecordCipher, VaultError>,
        _ completion: @Sendable (Result<KeyringDescription, VaultError>) -> Void
    ) {
        var isInitialized = false
        do throws(VaultError) {
            let cipher = try created.get()
            try createStore(cipher)
            isInitialized = true
            let open = try openStore(cipher: cipher, progress: nil)
            describeKeyring()
            publish(open)
            let keyring = state.withLock { $0.keyring }
            guard let keyring else { throw .seal(.damaged(what: "the new keyring")) }
            completion(.success(keyring))
        } catch {
            logger.error("init failed", metadata: ["error": "\(error)"])
            completeSeal { $0.lifecycle.failInit(isInitialized: isInitialized) }
            completion(.failure(error))
        }
    }

    private func createStore(_ cipher: RecordCipher) throws(VaultError) {
        do throws(StoreError) {
            try Store.create(
                in: directory.path, cipher: cipher, configuration: storeConfiguration)
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
