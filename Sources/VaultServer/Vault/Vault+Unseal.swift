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
    ///
    /// - Parameter acceptsDamage: a vault that is not what was written is served read-only, as far
    ///   as it verifies.
    func unseal(
        with credential: CredentialBox, acceptsDamage: Bool = false,
        progress: @escaping @Sendable (UnsealStep) -> Void,
        completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        let accepted = keyThread.submit {
            self.open(
                with: credential, acceptsDamage: acceptsDamage, progress: progress,
                completion: completion)
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    /// The same, on the thread of the keys.
    func open(
        with credential: CredentialBox, acceptsDamage: Bool,
        progress: @escaping @Sendable (UnsealStep) -> Void,
        completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        do throws(VaultError) {
            try beginUnseal(isPaced: credential.isPaced)
        } catch {
            return completion(.failure(error))
        }
        progress(.derivingKey)
        do throws(VaultError) {
            let keyring = try openKeyring(with: credential)
            openStore(
                keyring, acceptsDamage: acceptsDamage, progress: progress,
                completion: completion)
        } catch {
            failUnseal(error)
            completion(.failure(error))
        }
    }

    private func beginUnseal(isPaced: Bool) throws(VaultError) {
        try state.withLock { state throws(VaultError) in
            if isPaced, state.pacing.delay(at: .now) != nil { throw .tooManyAttempts }
            try state.lifecycle.beginUnseal()
        }
    }

    private func openKeyring(with box: CredentialBox) throws(VaultError) -> OpenedKeyring {
        // Removed since the start; a vault that was never initialised is refused before.
        guard directory.contains(.keyring) else {
            throw .directory(.incomplete(path: directory.path(of: .keyring)))
        }
        return try paced(box) { () throws(SealError) in
            try KeyringFile.openAll(
                in: directory.path, with: box.credential, acceptsUnproven: acceptsUnprovenSlots)
        }
    }

    private func openStore(
        _ keyring: OpenedKeyring, acceptsDamage: Bool,
        progress: @escaping @Sendable (UnsealStep) -> Void,
        completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        let accepted = storeThread.submit {
            do throws(VaultError) {
                try self.checkCurrent(keyring.cipher)
                let open = try self.openStore(
                    keyring, acceptsDamage: acceptsDamage, progress: progress)
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

    /// Puts the vault's rules in force, and has the audit log authenticate its lines, before the
    /// first call is let in. A vault without readable rules stays closed.
    func openAccess(_ open: OpenVault) throws(VaultError) {
        guard trail.log != nil else {
            open.store.close()
            throw .audit(.closed)
        }
        let book: AccessBook
        do throws(VaultError) {
            book = try Self.book(of: open.store)
        } catch {
            open.store.close()
            throw error
        }
        trail.unlock(open.auditKeys, through: open.slot, at: open.store.revision.rawValue)
        compareAudit(open)
        noteAudit(open)
        if let damage = open.damage { say(damage) }
        if open.store.quarantinedSince != nil { sayRestored(open.store) }
        access.open(book)
    }

    private func sayRestored(_ store: Store) {
        let mark: RestoreMark?
        do throws(StoreError) { mark = try store.restoreMark() } catch { return }
        guard let mark else { return }
        trail.noteRestored(
            AuditRestoration(
                archiveID: mark.archiveID, time: mark.time,
                previousSequence: mark.auditSequence, previousHash: mark.auditHash))
        logger.notice("the vault was restored; look at it, then 'vaultctl accept'")
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
        // Those that came before somebody opened it in another way.
        shares.withLock { $0.forget() }
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
        case .seal(.unprovenSlot(let id)): "keyring: slot \(id) proves nothing of who made it"
        case .access(.damaged(let what)): what
        case .access: nil
        case .directory(let error):
            if case .damaged = error { error.description } else { nil }
        case .notInitialized, .alreadyInitialized, .sealed, .alreadyUnsealed, .busy,
            .tooManyAttempts, .invalidRequest, .unsupported, .seal, .store, .audit, .share,
            .foreignShare, .archiveOfAnotherTimeline:
            nil
        }
    }
}
