import Logging
import Synchronization
import VaultSeal

extension Vault {
    /// A slot that was made, and the shares that open it, if shares do.
    struct MadeSlot: Sendable {
        let slot: SlotDescription
        let shares: [ShareText]
    }

    /// Adds a slot to the unsealed vault, in the place of the slot `replaced` when there is one to
    /// replace. `completion` runs on another thread.
    func addSlot(
        _ new: NewSlot, replacing replaced: UInt32?,
        completion: @escaping @Sendable (Result<MadeSlot, VaultError>) -> Void
    ) {
        changeKeyring(completion) { (keyring) throws(SealError) in
            switch new.opener {
            case .credential(let box):
                let slot = try keyring.addSlot(
                    for: box.credential, label: new.label, replacing: replaced,
                    passphraseCost: self.passphraseCost)
                return MadeSlot(slot: slot, shares: [])
            case .recipient(let key):
                let slot = try keyring.addSlot(
                    forRecipient: key.bytes, label: new.label, replacing: replaced)
                return MadeSlot(slot: slot, shares: [])
            case .shares(let count, let threshold):
                let made = try keyring.addShares(
                    count: count, threshold: threshold, label: new.label, replacing: replaced)
                return MadeSlot(slot: made.slot, shares: made.shares)
            }
        }
    }

    /// Removes a slot of the unsealed vault, but never the last one.
    func removeSlot(
        id: UInt32, completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        changeKeyring(completion) { (keyring) throws(SealError) in try keyring.removeSlot(id: id) }
    }

    /// Says which slot a credential opens, sealed or not, and changes nothing. Guesses are slowed
    /// down as those of an unseal are.
    func testSlot(
        with box: CredentialBox,
        completion: @escaping @Sendable (Result<SlotDescription, VaultError>) -> Void
    ) {
        let accepted = keyThread.submit {
            completion(
                Result { () throws(VaultError) in
                    try self.checkPace(of: box)
                    return try self.paced(box) { () throws(SealError) in
                        try KeyringFile.slot(
                            in: self.directory.path, openedBy: box.credential,
                            acceptsUnproven: self.acceptsUnprovenSlots)
                    }
                })
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    /// Refuses an attempt that comes too soon after wrong ones.
    func checkPace(of box: CredentialBox) throws(VaultError) {
        guard box.isPaced else { return }
        guard state.withLock({ $0.pacing.delay(at: .now) }) == nil else { throw .tooManyAttempts }
    }

    /// An attempt, whose outcome decides how long the next one must wait.
    func paced<R>(
        _ box: CredentialBox, _ attempt: () throws(SealError) -> R
    ) throws(VaultError) -> R {
        do throws(SealError) {
            let result = try attempt()
            state.withLock { $0.pacing.recordRight() }
            return result
        } catch {
            if error == .wrongKey, box.isPaced {
                state.withLock { $0.pacing.recordWrong(at: .now) }
            }
            throw .seal(error)
        }
    }

    private func changeKeyring<R: Sendable>(
        _ completion: @escaping @Sendable (Result<R, VaultError>) -> Void,
        _ change: @escaping @Sendable (LiveKeyring) throws(SealError) -> R
    ) {
        let accepted = keyThread.submit {
            completion(
                Result { () throws(VaultError) in
                    let open = try self.open()
                    // Also when it failed: what the file says is what counts.
                    defer { self.describeKeyring() }
                    let outcome = Result { () throws(SealError) in try change(open.keyring) }
                    // Before anybody hears of it: an older keyring is refused from then on.
                    self.noteKeyring(open)
                    do throws(SealError) { return try outcome.get() } catch {
                        throw .seal(error)
                    }
                })
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }
}
