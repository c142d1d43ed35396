import Testing
import VaultAccess

@Suite struct ExplanationTests {
    private func explain(
        _ changes: [AccessChange], _ action: AccessAction, _ key: String, _ end: String = "",
        as subject: Subject? = nil
    ) throws -> Explanation {
        let rules = AccessRules(try AccessBook(changes), names: ResolvedNames())
        let peer = PeerIdentity(processID: 4, userID: 1000, groupID: 1000)
        return rules.explain(
            subject ?? .peer(peer, unit: nil), daemonUserID: 990, action,
            try #require(KeySpan(key: bytes(key), rangeEnd: bytes(end))))
    }

    private func allow(
        _ kind: PermissionKind, _ key: String, _ end: String = ""
    ) throws -> AccessChange {
        .allow(.userID(1000), try permission(kind, key, end))
    }

    @Test func theRuleThatAllowsIsNamed() throws {
        let explanation = try explain([try allow(.read, "/app/", "/app0")], .read, "/app/a")
        #expect(explanation.allowed)
        #expect(explanation.reason == #"uid:1000 has role uid:1000, which may read "/app/a""#)
        #expect(explanation.rules.map(\.user) == ["uid:1000"])
        #expect(explanation.rules.map(\.role) == ["uid:1000"])
        #expect(explanation.rules.map(\.kindText) == ["read"])
    }

    @Test func rulesThatAllowTogetherAreAllNamed() throws {
        let explanation = try explain(
            [try allow(.read, "a", "c"), try allow(.readWrite, "c", "e")], .read, "b", "d")
        #expect(explanation.allowed)
        #expect(explanation.rules.map(\.kindText) == ["read", "readwrite"])
        #expect(explanation.reason.contains("other rules the rest"))
    }

    @Test func administratorsMayBecauseTheyAre() throws {
        let owner = Subject.peer(PeerIdentity(processID: 1, userID: 0, groupID: 0), unit: nil)
        #expect(
            try explain([], .write, "a", as: owner).reason
                == "root and the daemon's own user may do everything")
        let root = try explain(
            [
                .addUser("uid:1000", passwordHash: nil),
                .grantRole(user: "uid:1000", role: "root"),
            ], .write, "a", "\0")
        #expect(root.allowed)
        #expect(root.rules.map(\.kindText) == ["root"])
    }

    @Test func aRefusalSaysWhatIsMissing() throws {
        let user = AccessChange.addUser("uid:1000", passwordHash: nil)
        let role = AccessChange.addRole("r")
        let granted = AccessChange.grantRole(user: "uid:1000", role: "r")
        let cases: [([AccessChange], AccessAction, String, String, String)] = [
            ([], .read, "a", "", "no user is uid:1000 or one of its groups"),
            ([user], .read, "a", "", "uid:1000: no role"),
            ([user, role, granted], .read, "a", "", "uid:1000: no permission in r"),
            (
                [try allow(.read, "b")], .read, "a", "",
                #"no rule of uid:1000 is about "a""#
            ),
            (
                [try allow(.write, "a", "c")], .read, "a", "b",
                #"no rule for "a" up to "b" lets uid:1000 read"#
            ),
            (
                [try allow(.read, "a", "c")], .read, "a", "e",
                #"rules let uid:1000 read a part only, and not "c" up to "e""#
            ),
            (
                [try allow(.get, "a", "c")], .read, "a", "c",
                #"uid:1000 may only get single keys of "a" up to "c" by name, and list nothing"#
            ),
            (
                [try allow(.read, "a", "c")], .get, "a", "c",
                #""a" up to "c" is more than one key, and only single keys are read by name"#
            ),
            (
                [try allow(.read, "a")], .read, "a", "\0",
                #"rules let uid:1000 read a part only, and not "a\x00" and all after it"#
            ),
        ]
        for (changes, action, key, end, reason) in cases {
            let explanation = try explain(changes, action, key, end)
            #expect(!explanation.allowed)
            #expect(explanation.reason == reason)
        }
    }

    @Test func theRulesThatComeNearestAreShown() throws {
        let explanation = try explain(
            [try allow(.get, "a", "c"), try allow(.read, "x")], .read, "b")
        #expect(!explanation.allowed)
        #expect(explanation.rules.map(\.kindText) == ["get"])
    }

    @Test func whoIsNotThereIsSaidSafely() throws {
        let unmapped = Subject.peer(
            PeerIdentity(processID: 1, userID: 65534, groupID: 65534), unit: nil)
        #expect(
            try explain([], .read, "a", as: unmapped).reason
                == "the caller has no user id here, so no rule names it")
        #expect(
            try explain([], .read, "a", as: .account("a\u{1b}[2J\n")).reason
                == #"there is no user "a\x1b[2J\x0a""#)
    }

    @Test func anExplanationDoesNotGrowWithTheBook() throws {
        let changes = try (0..<100).map { try allow(.read, "a\($0)", "b") }
        let explanation = try explain(changes, .read, "a9999")
        #expect(explanation.allowed)
        #expect(explanation.rules.count == Explanation.rulesMax)
        let roles = (10..<30).flatMap { number -> [AccessChange] in
            [.addRole("r\(number)"), .grantRole(user: "uid:1000", role: "r\(number)")]
        }
        let refused = try explain([.addUser("uid:1000", passwordHash: nil)] + roles, .read, "a")
        #expect(refused.reason == "uid:1000: no permission in r10, r11, r12, r13, r14 and 15 more")
    }
}
