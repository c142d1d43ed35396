import Testing
import VaultSeal

@testable import VaultAccess

/// etcd's rules for changing users and roles.
@Suite struct AccessBookTests {
    private func hash() throws -> PasswordHash { try .decoy(cost: .minimum) }

    private func book(_ changes: AccessChange...) throws -> AccessBook { try AccessBook(changes) }

    @Test func aNewBookHasItsAdministratorsAtRevisionOne() throws {
        let book = try AccessBook(administrators: [.userID(990), .group("ops"), .userID(990)])
        #expect(book.revision == 1)
        #expect(!book.isPasswordLoginEnabled)
        #expect(book.users.map(\.name) == ["group:ops", "uid:990"])
        #expect(book.users.map(\.roles) == [["root"], ["root"]])
        #expect(book.roles.isEmpty)
    }

    @Test func everyChangeThatChangesSomethingIsARevision() throws {
        var book = try AccessBook()
        let changes: [AccessChange] = [
            .addUser("alice", passwordHash: try hash()), .addRole("app"),
            .grantRole(user: "alice", role: "app"),
            .grantPermission(role: "app", try permission(.read, "a", "b")),
            // The same once more is written once more in etcd, too.
            .grantPermission(role: "app", try permission(.read, "a", "b")),
            .changePassword("alice", try hash()),
            .revokePermission(role: "app", key: bytes("a"), rangeEnd: bytes("b")),
            .revokeRole(user: "alice", role: "app"), .deleteRole("app"), .deleteUser("alice"),
        ]
        for (place, change) in changes.enumerated() {
            #expect(try book.apply(change))
            #expect(book.revision == UInt64(place) + 2)
        }
        #expect(book.users.isEmpty && book.roles.isEmpty)
    }

    @Test func aRoleThatTheUserHasIsGrantedWithoutARevision() throws {
        var book = try book(
            .addUser("a", passwordHash: nil), .addRole("r"), .grantRole(user: "a", role: "r"))
        #expect(try !book.apply(.grantRole(user: "a", role: "r")))
        #expect(book.revision == 4)
    }

    @Test func aRefusedChangeChangesNothing() throws {
        let before = try book(.addUser("a", passwordHash: nil), .addRole("r"))
        var after = before
        let error = failure { () throws(AccessError) in
            try after.apply(.revokeRole(user: "a", role: "r"))
        }
        #expect(error == .roleNotGranted)
        #expect(after == before)
    }

    @Test func whatIsMissingOrThereAlreadyIsSaidInEtcdsWords() throws {
        let book = try book(.addUser("a", passwordHash: nil), .addRole("r"))
        let read = try permission(.read, "a")
        let refusals: [(AccessChange, AccessError, String)] = [
            (.addUser("", passwordHash: nil), .userNameEmpty, "user name is empty"),
            (.addUser("a", passwordHash: nil), .userExists, "user name already exists"),
            (.deleteUser("b"), .userNotFound, "user name not found"),
            (.changePassword("b", try hash()), .userNotFound, "user name not found"),
            (.grantRole(user: "b", role: "r"), .userNotFound, "user name not found"),
            (.grantRole(user: "a", role: "s"), .roleNotFound, "role name not found"),
            (.revokeRole(user: "b", role: "r"), .userNotFound, "user name not found"),
            (
                .revokeRole(user: "a", role: "r"), .roleNotGranted,
                "role is not granted to the user"
            ),
            (.addRole(""), .roleNameEmpty, "role name is empty"),
            (.addRole("r"), .roleExists, "role name already exists"),
            (.deleteRole("s"), .roleNotFound, "role name not found"),
            (.grantPermission(role: "s", read), .roleNotFound, "role name not found"),
            (
                .revokePermission(role: "s", key: [1], rangeEnd: []), .roleNotFound,
                "role name not found"
            ),
            (
                .revokePermission(role: "r", key: [1], rangeEnd: []), .permissionNotGranted,
                "permission is not granted to the role"
            ),
            (.enableLogin, .rootUserMissing, "root user does not exist"),
        ]
        for (change, error, text) in refusals {
            #expect(book.refusal(of: change) == error)
            #expect(error.description == text)
        }
    }

    @Test func theRoleRootNeedsNotExistToBeGranted() throws {
        let book = try book(
            .addUser("a", passwordHash: nil), .grantRole(user: "a", role: "root"))
        #expect(book.user(named: "a")?.isRoot == true)
        #expect(book.role(named: "root") == nil)
    }

    @Test func deletingARoleTakesItFromEverybody() throws {
        let book = try book(
            .addRole("r"), .addRole("s"), .addUser("a", passwordHash: nil),
            .addUser("b", passwordHash: nil), .grantRole(user: "a", role: "s"),
            .grantRole(user: "a", role: "r"), .grantRole(user: "b", role: "r"),
            .deleteRole("r"))
        #expect(book.user(named: "a")?.roles == ["s"])
        #expect(book.user(named: "b")?.roles == [])
    }

    @Test func aPermissionTakesThePlaceOfAnotherOnExactlyItsRange() throws {
        let book = try book(
            .addRole("r"), .grantPermission(role: "r", try permission(.read, "b", "c")),
            .grantPermission(role: "r", try permission(.read, "b", "d")),
            .grantPermission(role: "r", try permission(.get, "a")),
            .grantPermission(role: "r", try permission(.write, "b", "d")),
            .grantPermission(role: "r", try permission(.readWrite, "b")))
        let expected = [
            try permission(.get, "a"), try permission(.readWrite, "b"),
            try permission(.read, "b", "c"), try permission(.write, "b", "d"),
        ]
        #expect(book.role(named: "r")?.permissions == expected)
        #expect(
            book.refusal(of: .revokePermission(role: "r", key: bytes("b"), rangeEnd: bytes("e")))
                == .permissionNotGranted)
    }

    /// etcd 3.4 stores such a permission, and it then covers what nobody granted.
    @Test func aRangeThatHoldsNothingIsNoPermission() {
        for (key, end) in [("", ""), ("", "a"), ("", "\0"), ("b", "a"), ("b", "b")] {
            let error = failure { () throws(AccessError) in
                _ = try Permission(.read, key: bytes(key), rangeEnd: bytes(end))
            }
            #expect(error == .invalidManagement)
        }
        #expect(AccessError.invalidManagement.description == "invalid auth management")
    }

    @Test func aUserAddedWithoutAPasswordStaysWithout() throws {
        let book = try book(.addUser("a", passwordHash: nil), .changePassword("a", try hash()))
        #expect(book.user(named: "a")?.passwordHash == nil)
        #expect(book.revision == 3)
    }

    // MARK: - Logins

    private func bookWithLogins() throws -> AccessBook {
        try book(
            .addUser("root", passwordHash: try hash()), .addRole("root"),
            .grantRole(user: "root", role: "root"), .enableLogin)
    }

    @Test func loginsNeedTheUserRootWithTheRoleRoot() throws {
        let book = try book(.addUser("root", passwordHash: nil))
        #expect(book.refusal(of: .enableLogin) == .rootRoleMissing)
        let other = try self.book(
            .addUser("Root", passwordHash: nil), .grantRole(user: "Root", role: "root"))
        #expect(other.refusal(of: .enableLogin) == .rootUserMissing)
    }

    @Test func enablingIsNoRevisionAndDisablingIsOne() throws {
        var book = try bookWithLogins()
        #expect(book.isPasswordLoginEnabled && book.revision == 4)
        #expect(try !book.apply(.enableLogin))
        #expect(try book.apply(.disableLogin))
        #expect(!book.isPasswordLoginEnabled && book.revision == 5)
        #expect(try !book.apply(.disableLogin))
        #expect(book.revision == 5)
    }

    @Test func rootStaysWhileLoginsAreOn() throws {
        var book = try bookWithLogins()
        let changes: [AccessChange] = [
            .deleteUser("root"), .revokeRole(user: "root", role: "root"), .deleteRole("root"),
        ]
        for change in changes { #expect(book.refusal(of: change) == .invalidManagement) }
        try book.apply(.disableLogin)
        for change in changes.reversed() where change != .revokeRole(user: "root", role: "root") {
            #expect(try book.apply(change))
        }
    }

    // MARK: - Names

    @Test func namesCountByteByByte() throws {
        let composed = "caf\u{e9}"
        let decomposed = "cafe\u{301}"
        try #require(composed == decomposed, "Swift takes them for the same")
        let book = try book(
            .addUser(composed, passwordHash: nil), .addUser(decomposed, passwordHash: nil),
            .addRole("r"), .grantRole(user: composed, role: "r"))
        #expect(book.users.count == 2)
        #expect(book.user(named: composed)?.roles == ["r"])
        #expect(book.user(named: decomposed)?.roles == [])
        #expect(Subject.account(composed) != Subject.account(decomposed))
        #expect(Set([Subject.account(composed), .account(decomposed)]).count == 2)
    }

    @Test(arguments: [
        "a\n", "\u{0}", "a\u{7f}", "a\u{85}b", "a\u{202e}b", "a\u{2028}", "a\u{200b}",
    ])
    func namesHaveNothingThatCannotBeSeen(_ name: String) throws {
        let book = try AccessBook()
        #expect(book.refusal(of: .addUser(name, passwordHash: nil)) == .malformedName)
        #expect(book.refusal(of: .addRole(name)) == .malformedName)
    }

    @Test(arguments: [
        "uid:abc", "uid:01", "uid:", "user:", "gid:-1", "unit:web", "group:a b",
        "uid:4294967295", "uid:\u{301}1",
    ])
    func whatBeginsLikeAPrincipalMustBeOne(_ name: String) throws {
        let book = try AccessBook()
        #expect(book.refusal(of: .addUser(name, passwordHash: nil)) == .malformedPrincipal)
    }

    @Test func principalsHaveNoPassword() throws {
        let book = try book(.addUser("uid:1000", passwordHash: nil))
        #expect(
            book.refusal(of: .addUser("uid:1001", passwordHash: try hash()))
                == .principalWithPassword)
        #expect(
            book.refusal(of: .changePassword("uid:1000", try hash())) == .principalWithPassword)
    }

    @Test func noRuleNamesTheUnmapped() throws {
        let book = try AccessBook()
        let read = try permission(.read, "a")
        for principal in [Principal.userID(65534), .groupID(65534)] {
            #expect(
                book.refusal(of: .addUser("\(principal)", passwordHash: nil))
                    == .unmappedPrincipal)
            #expect(book.refusal(of: .allow(principal, read)) == .unmappedPrincipal)
            let error = failure { () throws(AccessError) in
                _ = try AccessBook(administrators: [principal])
            }
            #expect(error == .unmappedPrincipal)
        }
    }

    // MARK: - Limits

    @Test func namesAndKeysHaveAMost() throws {
        let book = try AccessBook()
        let long = String(repeating: "n", count: AccessLimits.nameBytesMax)
        #expect(book.refusal(of: .addUser(long, passwordHash: nil)) == nil)
        #expect(
            book.refusal(of: .addRole(long + "n"))
                == .nameTooLong(max: AccessLimits.nameBytesMax))
        let key = [UInt8](repeating: 1, count: AccessLimits.keyBytesMax + 1)
        for (key, end) in [(key, []), ([1], [2] + key)] {
            let error = failure { () throws(AccessError) in
                _ = try Permission(.read, key: key, rangeEnd: end)
            }
            #expect(error == .keyTooLong(max: AccessLimits.keyBytesMax))
        }
        let longest = try #require(Principal("group:" + String(repeating: "g", count: 255)))
        #expect(book.refusal(of: .allow(longest, try permission(.read, "a"))) == nil)
    }

    @Test func thereAreSoManyOfEverything() throws {
        let names = (10_000..<10_000 + AccessLimits.usersMax).map { AccessName("n\($0)") }
        let permissions = try names.map { try permission(.read, $0.text) }
        let book = AccessBook(
            decodedRevision: 7, isPasswordLoginEnabled: false,
            users: names.map {
                AccessUser($0, roleNames: Array(names[..<AccessLimits.rolesPerUserMax]))
            },
            roles: names.map { AccessRole($0, permissions: $0 == names[0] ? permissions : []) })
        #expect(
            book.refusal(of: .addUser("a", passwordHash: nil))
                == .tooManyUsers(max: AccessLimits.usersMax))
        #expect(book.refusal(of: .addRole("a")) == .tooManyRoles(max: AccessLimits.rolesMax))
        #expect(
            book.refusal(of: .grantRole(user: "n10000", role: "n19999"))
                == .tooManyRolesOfUser(max: AccessLimits.rolesPerUserMax))
        #expect(
            book.refusal(of: .grantPermission(role: "n10000", try permission(.read, "a")))
                == .tooManyPermissions(max: AccessLimits.permissionsPerRoleMax))
    }

    @Test func aBookFitsIntoARecord() throws {
        var book = try self.book(.addRole("r"))
        let key = [UInt8](repeating: 1, count: AccessLimits.keyBytesMax - 4)
        var error: AccessError?
        for number in 0..<2_000 where error == nil {
            let digits = withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }
            let permission = try Permission(.read, key: digits + key)
            let before = book
            error = failure { () throws(AccessError) in
                try book.apply(.grantPermission(role: "r", permission))
            }
            if error != nil { #expect(book == before) }
        }
        #expect(error == .bookTooLarge(max: AccessLimits.bookBytesMax))
        #expect(book.encodedByteCount <= AccessLimits.bookBytesMax)
        #expect(book.encodedByteCount > AccessLimits.bookBytesMax - AccessLimits.keyBytesMax - 9)
    }
}
