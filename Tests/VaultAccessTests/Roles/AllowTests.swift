import Testing
import VaultAccess

/// vaultd's own changes: what one principal may do.
@Suite struct AllowTests {
    private let alice = Principal.user("alice")

    private func permissions(_ book: AccessBook) -> [Permission]? {
        book.role(named: "user:alice")?.permissions
    }

    @Test func allowingMakesWhatIsMissing() throws {
        var book = try AccessBook()
        #expect(try book.apply(.allow(alice, try permission(.read, "a", "b"))))
        #expect(book.revision == 2)
        #expect(book.user(named: "user:alice")?.roles == ["user:alice"])
        #expect(permissions(book) == [try permission(.read, "a", "b")])
    }

    @Test func allowingTwiceIsOneChange() throws {
        var book = try AccessBook([.allow(alice, try permission(.readWrite, "a"))])
        for kind in [PermissionKind.readWrite, .read, .write, .get] {
            #expect(try !book.apply(.allow(alice, try permission(kind, "a"))))
        }
        #expect(book.revision == 2)
    }

    @Test(arguments: [
        ([PermissionKind.read, .write], [PermissionKind.readWrite]),
        ([.get, .read], [.read]), ([.get, .write], [.write, .get]),
        ([.write, .get, .read], [.readWrite]), ([.get, .readWrite], [.readWrite]),
        ([.read, .get], [.read]),
    ])
    func whatIsAllowedAddsUp(_ kinds: [PermissionKind], _ sum: [PermissionKind]) throws {
        let book = try AccessBook(kinds.map { .allow(alice, try permission($0, "a", "b")) })
        #expect(permissions(book)?.map(\.kind) == sum)
    }

    @Test(arguments: [
        ([PermissionKind.readWrite], PermissionKind.read, [PermissionKind.write]),
        ([.readWrite], .write, [.read]), ([.write, .get], .write, [.get]),
        ([.write, .get], .get, [.write]),
    ])
    func whatIsDeniedIsTakenOut(
        _ kinds: [PermissionKind], _ denied: PermissionKind, _ rest: [PermissionKind]
    ) throws {
        var book = try AccessBook(kinds.map { .allow(alice, try permission($0, "a", "b")) })
        #expect(try book.apply(.deny(alice, try permission(denied, "a", "b"))))
        #expect(permissions(book)?.map(\.kind) == rest)
    }

    @Test func denyingTheLastLeavesNothing() throws {
        let book = try AccessBook([
            .allow(alice, try permission(.readWrite, "a")),
            .deny(alice, try permission(.readWrite, "a")),
        ])
        #expect(book.users.isEmpty && book.roles.isEmpty)
        #expect(book.revision == 3)
    }

    @Test func denyingKeepsAUserWithOtherRolesAndARoleOfOtherUsers() throws {
        let read = try permission(.read, "a")
        let withRole = try AccessBook([
            .allow(alice, read), .addRole("r"), .grantRole(user: "user:alice", role: "r"),
            .deny(alice, read),
        ])
        #expect(withRole.user(named: "user:alice")?.roles == ["r"])
        #expect(withRole.role(named: "user:alice") == nil)
        let shared = try AccessBook([
            .allow(alice, read), .addUser("bob", passwordHash: nil),
            .grantRole(user: "bob", role: "user:alice"), .deny(alice, read),
        ])
        #expect(shared.role(named: "user:alice")?.permissions == [])
        #expect(shared.user(named: "bob")?.roles == ["user:alice"])
    }

    @Test func onlyWhatIsThereCanBeTakenBack() throws {
        let book = try AccessBook([.allow(alice, try permission(.read, "a", "c"))])
        for other in [
            try permission(.read, "a", "b"), try permission(.read, "a"),
            try permission(.write, "a", "c"), try permission(.readWrite, "a", "c"),
            // Only implied by reading.
            try permission(.get, "a", "c"),
        ] {
            #expect(book.refusal(of: .deny(alice, other)) == .permissionNotGranted)
        }
        let nobody = AccessChange.deny(.userID(1), try permission(.read, "a"))
        #expect(book.refusal(of: nobody) == .permissionNotGranted)
    }
}
