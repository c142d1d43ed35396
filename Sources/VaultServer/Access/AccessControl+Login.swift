import Sodium
import Synchronization
import VaultAccess

extension AccessControl {
    /// Hashes a new password, on another thread. False when too many wait already; `completion` is
    /// not called then.
    func hash(
        _ password: PasswordBox,
        completion: @escaping @Sendable (Result<PasswordHash, AccessError>) -> Void
    ) -> Bool {
        loginThread.submit {
            completion(
                Result { () throws(AccessError) in
                    try PasswordHash(of: password.secret, cost: self.passwordCost)
                })
        }
    }

    /// Checks a password on another thread and hands out a token. The work is the same for users
    /// who do not exist. False when too many wait already; `completion` is not called then.
    func logIn(
        as user: String, _ password: PasswordBox, peerUserID: UInt32,
        completion: @escaping @Sendable (Result<String, AccessError>) -> Void
    ) -> Bool {
        loginThread.submit {
            completion(
                Result { () throws(AccessError) in
                    try self.logInNow(as: user, password, peerUserID: peerUserID)
                })
        }
    }

    private func logInNow(
        as user: String, _ password: PasswordBox, peerUserID: UInt32
    ) throws(AccessError) -> String {
        let attempt = try state.withLock { (state) throws(AccessError) in
            guard let book = state.book else { throw .loginDisabled }
            let attempt = try book.login(as: user, decoy: decoy)
            try state.pacing.begin(peerUserID: peerUserID, user: user, now: SteadyClock.now())
            return attempt
        }
        guard try attempt.isRight(password.secret) else { throw .authenticationFailed }
        let random = Random.bytes(count: TokenTable.randomCount)
        return try state.withLock { (state) throws(AccessError) in
            // The password may have been changed while it was checked.
            guard let book = state.book, attempt.holds(in: book) else {
                throw .authenticationFailed
            }
            state.pacing.succeed(peerUserID: peerUserID, user: user)
            return state.tokens.issue(random: random, for: user, now: SteadyClock.now())
        }
    }
}
