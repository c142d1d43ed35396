import Logging
import Synchronization
import VaultAccess
import VaultSeal
import VaultStore

extension Vault {
    /// How far an unseal is.
    enum UnsealStep: Sendable {
        case derivingKey
        case verifyingRecords(done: Int, total: Int)
    }

    /// Opens the vault with one credential. `progress` and `completion` run on other threads.
    func unseal(
        with credential: CredentialBox, progress: @escaping @Sendable (UnsealStep) -> Void,
        completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        let accepted = keyThread.submit {
            do throws(VaultError) {
                try self.beginUnseal(isPassphrase: credential.isPassphrase)
            } catch {
                return completion(.failure(error))
            }
            progress(.derivingKey)
            do throws(VaultError) {
                let keyring = try self.openKeyring(with: credential)
                self.openStore(keyring, progress: progress, completion: completion)
            } catch {
                self.failUnseal(error)
                completion(.failure(error))
            }
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    private func beginUnseal(isPassphrase: Bool) throws(VaultError) {
        try state.withLock { state throws(VaultError) in
            if isPassphrase, state.pacing.delay(at: .now) != nil { throw .tooManyAttempts }
            try state.lifecycle.beginUnseal()
        }
    }

    private func openKeyring(with box: CredentialBox) throws(VaultError) -> OpenedKeyring {
        do throws(SealError) {
            let keyring = try KeyringFile.openAll(in: directory.path, with: box.credential)
            state.withLock { $0.pacing.recordRight() }
            return keyring
        } catch {
            if error == .wrongKey, box.isPassphrase {
                state.withLock { $0.pacing.recordWrong(at: .now) }
            }
            throw .seal(error)
        }
    }

    private func openStore(
        _ keyring: OpenedKeyring, progress: @escaping @Sendable (UnsealStep) -> Void,
        completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        let accepted = storeThread.submit {
            do throws(VaultError) {
                try self.checkCurrent(keyring.cipher)
                let open = try self.openStore(keyring, progress: progress)
                try self.openAccess(open)
                self.publish(open)
                completion(.success(()))
            } catch {
                self.failUnseal(error)
                completion(.failure(error))
            }
        }
        precondition(accepted, "the store thread takes one opening at a time")
    }

    /// `CURRENT` and the keyring must be of the same vault, or one of them was exchanged.
    private func checkCurrent(_ cipher: RecordCipher) throws(VaultError) {
        do throws(DataDirectoryError) {
            let current = try directory.current()
            guard current?.storeID == cipher.storeID,
                current?.timelineNumber == cipher.timeline.number
            else {
                throw .damaged(
                    path: directory.path(of: .current), what: "it names another vault")
            }
        } catch {
            throw .directory(error)
        }
    }

    func openStore(
        _ keyring: OpenedKeyring, progress: (@Sendable (UnsealStep) -> Void)?
    ) throws(VaultError) -> OpenVault {
        var report: (@Sendable (Int, Int) -> Void)?
        if let progress {
            report = { done, total in progress(.verifyingRecords(done: done, total: total)) }
        }
        do throws(StoreError) {
            let store = try Store.open(
                in: directory.path, cipher: keyring.cipher, configuration: storeConfiguration,
                progress: report)
            return OpenVault(store: store, keyring: keyring)
        } catch {
            throw .store(error)
        }
    }

    /// Puts the vault's rules in force, and has the audit log authenticate its lines, before the
    /// first call is let in. A vault without readable rules stays closed.
    func openAccess(_ open: OpenVault) throws(VaultError) {
        let book: AccessBook
        do throws(VaultError) {
            book = try Self.book(of: open.store)
        } catch {
            open.store.close()
            throw error
        }
        trail.unlock(open.auditKeys)
        access.open(book)
    }

    private static func book(of store: Store) throws(VaultError) -> AccessBook {
        let bytes: Bytes?
        do throws(StoreError) { bytes = try store.accessRules() } catch { throw .store(error) }
        do throws(AccessError) {
            guard let bytes else { return try AccessBook() }
            let result: Result<AccessBook, AccessError> = bytes.withUnsafeBytes { bytes in
                Result { () throws(AccessError) in try AccessBook(decoding: bytes) }
            }
            return try result.get()
        } catch { throw .access(error) }
    }

    /// Lets calls in, or closes the store again when somebody asked to seal meanwhile.
    func publish(_ open: OpenVault) {
        let mustClose = state.withLock { state in
            state.damage = nil
            return state.lifecycle.open(open)
        }
        if let mustClose {
            close(mustClose)
        } else {
            logger.info("unsealed", metadata: ["revision": "\(open.store.status().revision)"])
            notifyObservers()
            resumeRewrap(open)
        }
    }

    private func failUnseal(_ error: VaultError) {
        logger.warning("unseal failed", metadata: ["error": "\(error)"])
        completeSeal { state in
            if let damage = error.damage { state.damage = damage }
            state.lifecycle.failUnseal()
        }
    }
}

extension VaultError {
    /// What was found not to be what was written, if that is the error.
    var damage: String? {
        switch self {
        case .store(.damaged(let what)): what
        case .seal(.damaged(let what)): what
        case .access(.damaged(let what)): what
        case .access: nil
        case .directory(let error):
            if case .damaged = error { error.description } else { nil }
        case .notInitialized, .alreadyInitialized, .sealed, .alreadyUnsealed, .busy,
            .tooManyAttempts, .invalidRequest, .unsupported, .seal, .store, .audit:
            nil
        }
    }
}
