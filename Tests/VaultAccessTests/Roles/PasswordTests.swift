import Sodium
import Testing
import VaultAccess
import VaultSeal

@Suite struct PasswordTests {
    private func hash(_ text: String) throws -> PasswordHash {
        var bytes = bytes(text)
        return try PasswordHash(of: SecretBytes(wiping: &bytes), cost: .minimum)
    }

    private func isRight(_ text: String, _ attempt: LoginAttempt) throws -> Bool {
        var bytes = bytes(text)
        return try attempt.isRight(SecretBytes(wiping: &bytes))
    }

    private func book(_ changes: [AccessChange]) throws -> AccessBook {
        try AccessBook(
            [
                .addUser("root", passwordHash: try hash("rootpw")),
                .grantRole(user: "root", role: "root"), .enableLogin,
            ] + changes)
    }

    @Test(arguments: ["", "p", "p\u{0}q", "pässwörd"])
    func onlyThePasswordIsRight(_ password: String) throws {
        let book = try book([.addUser("alice", passwordHash: try hash(password))])
        let attempt = try book.login(as: "alice", decoy: .decoy(cost: .minimum))
        #expect(try isRight(password, attempt))
        for wrong in ["P", password + "\u{0}", password + " ", "p\u{0}"] where wrong != password {
            #expect(try !isRight(wrong, attempt))
        }
    }

    @Test func equalPasswordsHaveDifferentHashes() throws {
        #expect(try hash("p") != hash("p"))
    }

    @Test func whoIsUnknownOrHasNoPasswordCannotLogIn() throws {
        let book = try book([
            .addUser("uid:1000", passwordHash: nil), .addUser("bob", passwordHash: nil),
        ])
        for name in ["nobody", "uid:1000", "bob", "Root", ""] {
            let attempt = try book.login(as: name, decoy: .decoy(cost: .minimum))
            #expect(try !isRight("", attempt))
            #expect(try !isRight("rootpw", attempt))
            #expect(!attempt.holds(in: book))
        }
    }

    /// Whoever could know what the decoy is the hash of still is nobody.
    @Test func theRightPasswordOfTheDecoyLetsNobodyIn() throws {
        let attempt = try book([]).login(as: "nobody", decoy: hash("decoy"))
        #expect(try !isRight("decoy", attempt))
    }

    @Test func withoutLoginsNobodyLogsIn() throws {
        var book = try book([])
        try book.apply(.disableLogin)
        let decoy = try PasswordHash.decoy(cost: .minimum)
        let error = failure { () throws(AccessError) in
            _ = try book.login(as: "root", decoy: decoy)
        }
        #expect(error == .loginDisabled)
    }

    @Test func anAttemptThatTheBookOvertookHoldsNoMore() throws {
        let book = try book([.addUser("alice", passwordHash: try hash("p"))])
        let attempt = try book.login(as: "alice", decoy: .decoy(cost: .minimum))
        #expect(attempt.holds(in: book))
        let changes: [AccessChange] = [
            .changePassword("alice", try hash("p")), .deleteUser("alice"), .disableLogin,
        ]
        for change in changes {
            var later = book
            try later.apply(change)
            #expect(!attempt.holds(in: later))
        }
        var later = book
        try later.apply(.addRole("r"))
        #expect(attempt.holds(in: later))
    }

    @Test func aPasswordHasAMost() throws {
        let long = String(repeating: "p", count: AccessLimits.passwordBytesMax)
        let attempt = try book([.addUser("a", passwordHash: try hash(long))])
            .login(as: "a", decoy: .decoy(cost: .minimum))
        #expect(try isRight(long, attempt))
        #expect(throws: AccessError.passwordTooLong(max: long.utf8.count)) {
            _ = try hash(long + "p")
        }
        #expect(throws: AccessError.passwordTooLong(max: long.utf8.count)) {
            _ = try isRight(long + "p", attempt)
        }
    }

    @Test func aHashThatTakesTooMuchIsNotMade() throws {
        let costly = try PassphraseCost(operations: 1, memory: 512 << 20)
        #expect(throws: AccessError.unsafePasswordCost) { _ = try PasswordHash.decoy(cost: costly) }
    }

    @Test func aHashSaysNothingOfItself() throws {
        #expect("\(try hash("p"))" == "a password's hash")
    }
}
