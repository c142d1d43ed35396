import Logging
import Synchronization
import VaultSeal

extension Vault {
    /// Takes one share, and opens the vault with the last one that was missing. `completion` runs
    /// on another thread; after a share that was not the last, the vault is as sealed as before.
    func unseal(
        withShare box: ShareBox, acceptsDamage: Bool = false,
        progress: @escaping @Sendable (UnsealStep) -> Void,
        completion: @escaping @Sendable (Result<Void, VaultError>) -> Void
    ) {
        let accepted = keyThread.submit {
            do throws(VaultError) {
                guard let credential = try self.take(box) else {
                    return completion(.success(()))
                }
                self.open(
                    with: credential, acceptsDamage: acceptsDamage, progress: progress,
                    completion: completion)
            } catch {
                completion(.failure(error))
            }
        }
        if !accepted { completion(.failure(.tooManyAttempts)) }
    }

    /// Wipes the shares that have come so far.
    func forgetShares() throws(VaultError) {
        try state.withLock { state throws(VaultError) in try state.lifecycle.checkSealed() }
        shares.withLock { $0.forget() }
    }

    /// Wipes the shares that were left alone for too long. Often enough is every minute.
    func expireShares() {
        let isLate = shares.withLock { $0.expire(now: .now) }
        if isLate { logger.info("forgot the shares of an unseal that nobody went on with") }
    }

    /// Says which slot these shares open together, sealed or not, and changes nothing.
    func testSlot(
        with boxes: [ShareBox],
        completion: @escaping @Sendable (Result<SlotDescription, VaultError>) -> Void
    ) {
        let sets = state.withLock { $0.keyring?.slots.compactMap(\.shares) ?? [] }
        do throws(VaultError) {
            testSlot(with: try Self.combine(boxes, of: sets), completion: completion)
        } catch {
            completion(.failure(error))
        }
    }

    private static func combine(
        _ boxes: [ShareBox], of sets: [ShareSet]
    ) throws(VaultError) -> CredentialBox {
        var attempt = ShareAttempt()
        for box in boxes {
            guard let share = box.take() else { throw .busy }
            // What comes after the last one that is needed is not looked at.
            if let credential = try attempt.add(share, of: sets, now: .now) {
                return CredentialBox(credential)
            }
        }
        let (given, threshold) = (attempt.progress?.given ?? 0, attempt.progress?.set.threshold)
        throw .invalidRequest(
            "\(given) of \(threshold.map { String($0) } ?? "the needed") shares are not enough; "
                + "give the others, too")
    }

    private func take(_ box: ShareBox) throws(VaultError) -> CredentialBox? {
        let sets = try state.withLock { state throws(VaultError) in
            guard state.pacing.delay(at: .now) == nil else { throw .tooManyAttempts }
            try state.lifecycle.checkSealed()
            return state.keyring?.slots.compactMap(\.shares) ?? []
        }
        guard let share = box.take() else { throw .busy }
        return try add(share, of: sets)
    }

    private func add(
        _ share: consuming Share, of sets: [ShareSet]
    ) throws(VaultError) -> CredentialBox? {
        var share: Share? = share
        return try shares.withLock { (attempt) throws(VaultError) -> CredentialBox? in
            guard let share = share.take(),
                let credential = try attempt.add(share, of: sets, now: .now)
            else { return nil }
            return CredentialBox(credential)
        }
    }
}
