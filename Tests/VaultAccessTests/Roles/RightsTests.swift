import Testing
import VaultAccess

/// What subjects may do, case by case.
@Suite struct RightsTests {
    private static let names = ResolvedNames(
        userIDs: ["alice": 1000, "nobody": 65534], groupIDs: ["staff": 50, "nogroup": 65534])

    private func rules(_ changes: AccessChange...) throws -> AccessRules {
        AccessRules(try AccessBook(changes), names: Self.names)
    }

    private func peer(
        _ userID: UInt32, group: UInt32 = 7, groups: [UInt32] = [], unit: String? = nil,
        processID: Int32 = 12
    ) -> Subject {
        .peer(
            PeerIdentity(
                processID: processID, userID: userID, groupID: group, groups: groups),
            unit: unit)
    }

    private func rights(_ rules: AccessRules, _ subject: Subject) -> Rights {
        rules.rights(of: subject, daemonUserID: 990)
    }

    private func span(_ key: String, _ rangeEnd: String = "") throws -> KeySpan {
        try #require(KeySpan(key: bytes(key), rangeEnd: bytes(rangeEnd)))
    }

    private func allow(
        _ principal: String, _ kind: PermissionKind, _ key: String, _ end: String = ""
    ) throws -> AccessChange {
        .allow(try #require(Principal(principal)), try permission(kind, key, end))
    }

    @Test func nobodyMayAnythingUntilItIsGranted() throws {
        let rights = rights(try rules(), peer(1000))
        #expect(!rights.isKnown && !rights.isAdministrator)
        #expect(try !rights.mayRead(span("a")) && !rights.mayWrite(span("a")))
        #expect(bytes("a").withUnsafeBytes { !rights.mayGet($0) })
    }

    @Test func rootAndTheDaemonsUserMayEverythingWhateverTheBookSays() throws {
        for userID in [UInt32(0), 990] {
            let rights = rights(try rules(), peer(userID))
            #expect(rights.isAdministrator && rights.isOwner && !rights.isKnown)
            #expect(rights.mayRead(.all) && rights.mayWrite(.all))
        }
    }

    @Test func theUnmappedNumberIsNobodysWhateverItIsCalled() throws {
        let rules = try rules(
            allow("user:nobody", .readWrite, "a"), allow("group:nogroup", .readWrite, "a"))
        let subject = peer(65534, group: 65534, groups: [65534])
        let rights = rules.rights(of: subject, daemonUserID: 65534)
        #expect(!rights.isKnown && !rights.isOwner)
        #expect(try !rights.mayRead(span("a")))
    }

    @Test func namesThatDoNotResolveMatchNobody() throws {
        let rules = try rules(allow("user:ghost", .read, "a"), allow("group:ghost", .read, "a"))
        #expect(!rights(rules, peer(1000, group: 50)).isKnown)
    }

    @Test func aSubjectMayWhatAnyOfItsUsersMay() throws {
        let rules = try rules(
            allow("uid:1000", .read, "a", "c"), allow("user:alice", .read, "c", "e"),
            allow("group:staff", .write, "a"), allow("gid:7", .get, "z"))
        let rights = rights(rules, peer(1000, groups: [50]))
        #expect(rights.users == ["gid:7", "group:staff", "uid:1000", "user:alice"])
        #expect(rights.roles == rights.users)
        #expect(try rights.mayRead(span("a", "e")))
        #expect(try rights.mayWrite(span("a")))
        #expect(bytes("z").withUnsafeBytes { rights.mayGet($0) && !rights.mayRead($0) })
    }

    @Test func theRoleRootMakesAnAdministrator() throws {
        let rules = try rules(
            .addUser("group:staff", passwordHash: nil),
            .grantRole(user: "group:staff", role: "root"))
        let rights = rights(rules, peer(1000, groups: [50]))
        #expect(rights.isAdministrator && !rights.isOwner)
        #expect(!self.rights(rules, peer(1000)).isAdministrator)
    }

    /// Permissions of the role "root" do not matter, nor does a role that looks like it.
    @Test func onlyTheNameOfItsBytesIsRoot() throws {
        let rules = try rules(
            .addRole("Root"), .addRole("ROOT"), .addUser("Root", passwordHash: nil),
            .grantRole(user: "Root", role: "Root"), .grantRole(user: "Root", role: "ROOT"),
            .addUser("root", passwordHash: nil))
        for name in ["Root", "root"] {
            #expect(!rights(rules, .account(name)).isAdministrator)
        }
    }

    @Test func anAccountIsThatUserAlone() throws {
        let rules = try rules(
            .addUser("alice", passwordHash: nil), allow("uid:0", .read, "a"),
            allow("user:alice", .read, "a"))
        let rights = rights(rules, .account("alice"))
        #expect(rights.users == ["alice"])
        #expect(!rights.isOwner)
        #expect(try !rights.mayRead(span("a")))
        #expect(!self.rights(rules, .account("Alice")).isKnown)
    }

    // MARK: - Services

    @Test func aServiceHasItsRulesWhileItHasAProcessHere() throws {
        let rules = try rules(allow("unit:web.service", .get, "a"))
        #expect(rules.isUnitRelevant)
        #expect(try !self.rules(allow("uid:1", .get, "a")).isUnitRelevant)
        let rights = rights(rules, peer(1000, unit: "web.service"))
        #expect(rights.isThroughUnit && rights.users == ["unit:web.service"])
        for subject in [
            peer(1000), peer(1000, unit: "web.service", processID: 0),
            peer(1000, unit: "Web.service"), peer(1000, unit: "xweb.service"),
            // U+212A, which Swift takes for a K.
            peer(1000, unit: "wor\u{212a}.service"),
        ] {
            let rights = self.rights(rules, subject)
            #expect(!rights.isThroughUnit && !rights.isKnown)
        }
    }

    @Test func aLookalikeServiceIsAnother() throws {
        let rules = try rules(allow("unit:K.service", .get, "a"))
        #expect(rights(rules, peer(1, unit: "K.service")).isKnown)
        #expect(!rights(rules, peer(1, unit: "\u{212a}.service")).isKnown)
    }

    // MARK: - What went wrong elsewhere

    /// Listing a prefix must not show what a deeper rule keeps: there are only grants here, and a
    /// list needs one for all of it.
    @Test func aListNeedsAllOfItsRange() throws {
        let rights = rights(
            try rules(
                allow("uid:1", .read, "/app/", "/app/secret/"),
                allow("uid:1", .read, "/app/secret0", "/app0"),
                allow("uid:1", .get, "/app/secret/", "/app/secret0")),
            peer(1))
        #expect(try !rights.mayRead(span("/app/", "/app0")))
        #expect(try !rights.mayRead(span("/app/secret/", "/app/secret0")))
        #expect(try rights.mayRead(span("/app/", "/app/secret/")))
        #expect(bytes("/app/secret/x").withUnsafeBytes { rights.mayGet($0) })
    }

    @Test func aKeyIsNeitherWhatFollowsNorWhatBeginsWithIt() throws {
        let rights = rights(try rules(allow("uid:1", .readWrite, "/app")), peer(1))
        #expect(try rights.mayRead(span("/app")) && rights.mayWrite(span("/app")))
        for other in ["/app/", "/app\0", "/app/x", "/apq", "/ap", "z"] {
            #expect(try !rights.mayRead(span(other)) && !rights.mayWrite(span(other)))
            #expect(bytes(other).withUnsafeBytes { !rights.mayGet($0) })
        }
        // A watch of the key, and of everything from it on.
        #expect(try !rights.mayRead(span("/app", "\0")))
        #expect(try !rights.mayRead(span("/app", "/app0")))
    }

    @Test func bytesOfKeysMeanThemselves() throws {
        let rights = rights(
            try rules(
                allow("uid:1", .read, "*"), allow("uid:1", .read, "/a/*"),
                allow("uid:1", .read, "a/../b"), allow("uid:1", .read, "{{uid}}"),
                allow("uid:1", .read, "/x//y")),
            peer(1))
        for key in ["*", "/a/*", "a/../b", "{{uid}}", "/x//y"] {
            #expect(try rights.mayRead(span(key)))
        }
        for key in ["a", "/a/b", "/a/", "b", "1", "/x/y", "a/../b/", "A/../b", "/a/**"] {
            #expect(try !rights.mayRead(span(key)))
        }
    }

    @Test func gettingByNameListsNothing() throws {
        let rights = rights(try rules(allow("uid:1", .get, "a", "c")), peer(1))
        #expect(bytes("b").withUnsafeBytes { rights.mayGet($0) })
        #expect(try !rights.mayRead(span("a", "c")) && !rights.mayRead(span("b")))
        #expect(try rights.may(.get, span("b")) && !rights.may(.get, span("a", "c")))
    }

    @Test func writingIsNotReadingAndReadingIsNotWriting() throws {
        let rights = rights(
            try rules(allow("uid:1", .write, "a", "m"), allow("uid:1", .read, "m", "z")), peer(1))
        #expect(try rights.mayWrite(span("a", "m")) && rights.mayRead(span("m", "z")))
        #expect(try !rights.mayWrite(span("a", "n")) && !rights.mayRead(span("l", "z")))
        #expect(bytes("b").withUnsafeBytes { !rights.mayGet($0) })
    }
}
