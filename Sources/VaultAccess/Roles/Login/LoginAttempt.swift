public import Sodium

/// One password that is to be checked, apart from the book, which may change meanwhile: decide with
/// the book, hash without it, and ask the book again.
public struct LoginAttempt: Sendable {
    public let user: String
    private let hash: PasswordHash
    /// False for unknown users and those without a password, whose attempts cost the same.
    private let canSucceed: Bool

    init(user: String, hash: PasswordHash?, decoy: PasswordHash) {
        self.user = user
        self.hash = hash ?? decoy
        canSucceed = hash != nil
    }

    /// Whether it is the user's password. Takes as long for users who do not exist; never call it
    /// on an event loop.
    public func isRight(_ password: borrowing SecretBytes) throws(AccessError) -> Bool {
        let isHash = try hash.isHash(of: password)
        return isHash && canSucceed
    }

    /// Whether the user still is there with the same password, and logins are still on: ask before
    /// a token is issued.
    public func holds(in book: AccessBook) -> Bool {
        book.isPasswordLoginEnabled && canSucceed && book.user(named: user)?.passwordHash == hash
    }
}

extension AccessBook {
    /// What is needed to check the password of a user, who may not exist. `decoy` should cost what
    /// passwords cost here.
    ///
    /// Throws `.loginDisabled`.
    public func login(
        as user: String, decoy: PasswordHash
    ) throws(AccessError) -> LoginAttempt {
        guard isPasswordLoginEnabled else { throw .loginDisabled }
        return LoginAttempt(
            user: user, hash: self.user(named: user)?.passwordHash, decoy: decoy)
    }
}
