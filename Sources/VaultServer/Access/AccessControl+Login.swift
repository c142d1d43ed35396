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
    /// who do not exist. Throws when it cannot be tried now, without costing the thread anything:
    /// whoever tries again and again takes no place of others. `completion` is not called then.
    func logIn(
        as user: String, _ password: () throws(AccessError) -> PasswordBox, peerUserID: UInt32,
        completion: @escaping @Sendable (Result<String, AccessError>) -> Void
    ) throws(AccessError) {
        let now = SteadyClock.now()
        try state.withLock { (state) throws(AccessError) in
            try state.pacing.begin(peerUserID: peerUserID, user: user, now: now)
        }
        let box = try password()
        let isAccepted = loginThread.submit {
            completion(
                Result { () throws(AccessError) in
                    try self.logInNow(as: user, box, peerUserID: peerUserID)
                })
        }
        guard isAccepted else {
            state.withLock { $0.pacing.takeBack(peerUserID: peerUserID, user: user) }
            throw .tooManyAttempts(retryAfter: .seconds(1))
        }
    }

    private func logInNow(
        as user: String, _ password: PasswordBox, peerUserID: UInt32
    ) throws(AccessError) -> String {
        let attempt = try state.withLock { (state) throws(AccessError) in
            guard let book = state.book else { throw .loginDisabled }
            return try book.login(as: user, decoy: decoy)
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
