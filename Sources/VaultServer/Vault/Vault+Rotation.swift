import Logging
import Synchronization
import VaultSeal
import VaultStore

extension Vault {
    /// Makes a new data key and, when `root` is set, a new root key. `completion` runs on another
    /// thread.
    func rotate(
        root: Bool,
        completion: @escaping @Sendable (Result<RotationOutcome, VaultError>) -> Void
    ) {
        let isAccepted = keyThread.submit {
            completion(Result { () throws(VaultError) in try self.rotateNow(root: root) })
        }
        if !isAccepted { completion(.failure(.tooManyAttempts)) }
    }

    private func rotateNow(root: Bool) throws(VaultError) -> RotationOutcome {
        let open = try self.open()
        do throws(SealError) {
            if root { trail.rekey(try open.keyring.rotateRootKey()) }
            let number = try open.keyring.rotateDataKey()
            noteKeyring(open)
            describeKeyring()
            logger.notice(
                "rotated", metadata: ["data_key": "\(number)", "root": "\(root)"])
            return RotationOutcome(
                dataKey: number, rootKeyChanges: try open.keyring.rootKeyChanges())
        } catch {
            throw .seal(error)
        }
    }

    /// Begins to seal older records again, or goes on with what is under way.
    func startRewrap(_ open: OpenVault, rate: Int?) throws(StoreError) {
        try open.store.startRewrap(recordsPerSecond: rate) { target in
            self.retire(open, below: target)
        }
    }

    /// After an unseal: the keys that nobody got around to retire say that there is more to do.
    func resumeRewrap(_ open: OpenVault) {
        do {
            guard try open.keyring.dataKeys().count > 1 else { return }
            try startRewrap(open, rate: nil)
        } catch {
            logger.warning("cannot rewrap", metadata: ["error": "\(error)"])
        }
    }

    /// On the copying thread: a copy that is made carries the keyring with it, so that none may go
    /// between the two; and a copy that is to take the place of the file brings no older record
    /// back once this one's have been looked through.
    private func retire(_ open: OpenVault, below number: UInt32) {
        open.isRetiring.store(true, ordering: .relaxed)
        let isAccepted = copyThread.submit {
            defer { open.isRetiring.store(false, ordering: .relaxed) }
            open.store.waitForEarlierReads()
            do throws(SealError) {
                try open.keyring.retireDataKeys(below: number)
                self.noteKeyring(open)
                self.describeKeyring()
                self.logger.notice("rewrapped", metadata: ["data_key": "\(number)"])
            } catch {
                self.logger.warning("cannot retire keys", metadata: ["error": "\(error)"])
            }
        }
        // The keys stay; the next unseal or rewrap looks for them again.
        if !isAccepted { open.isRetiring.store(false, ordering: .relaxed) }
    }

    /// Rotates, and rewraps, when the newest data key was used for long enough at `now`
    /// (milliseconds since 1970). Does it on the thread of the keys; `completion` says why.
    func rotateIfDue(
        _ policy: RotationPolicy, now: Int64,
        completion: @escaping @Sendable (RotationPolicy.Reason?) -> Void = { _ in }
    ) {
        guard isServing else { return completion(nil) }
        let isAccepted = keyThread.submit {
            do {
                completion(try self.rotateNow(policy, now: now))
            } catch {
                self.logger.warning("cannot rotate", metadata: ["error": "\(error)"])
                completion(nil)
            }
        }
        if !isAccepted { completion(nil) }
    }

    private func rotateNow(
        _ policy: RotationPolicy, now: Int64
    ) throws -> RotationPolicy.Reason? {
        let open = try self.open()
        guard !open.store.isReadOnly, open.store.quarantinedSince == nil,
            let key = try open.keyring.dataKeys().last,
            let sealing = open.cipher.sealing
        else { return nil }
        let status = open.store.status()
        let reason = policy.reason(
            created: key.created, now: now, sealing: sealing,
            stored: (UInt64(clamping: status.recordCount), UInt64(clamping: status.usedBytes)))
        guard let reason else { return nil }
        logger.notice("the data key is due", metadata: ["why": "\(reason)"])
        _ = try rotateNow(root: false)
        try startRewrap(open, rate: nil)
        return reason
    }
}
