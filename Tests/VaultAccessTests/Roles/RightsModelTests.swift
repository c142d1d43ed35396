import Testing
import VaultTestSupport

@testable import VaultAccess

/// Decisions beside those of `AccessModel`, on random books, subjects and requests.
@Suite struct RightsModelTests {
    /// What decides: the real rules, or something wrong that must be caught.
    typealias Decision =
        @Sendable (AccessRules, Subject, AccessAction, AccessModel.Range) -> Bool

    static let daemonUserID: UInt32 = 990

    static func span(_ range: AccessModel.Range) -> KeySpan {
        guard let span = KeySpan(key: range.key, rangeEnd: range.rangeEnd) else {
            preconditionFailure("a range of the model holds a key")
        }
        return span
    }

    static func rights(_ rules: AccessRules, _ subject: Subject) -> Rights {
        rules.rights(of: subject, daemonUserID: daemonUserID)
    }

    static let real: Decision = { rules, subject, action, range in
        let rights = rights(rules, subject)
        let decision = rights.may(action, span(range))
        if case .key = range {
            let byBytes = range.key.withUnsafeBytes { key in
                switch action {
                case .read: rights.mayRead(key)
                case .write: rights.mayWrite(key)
                case .get: rights.mayGet(key)
                }
            }
            #expect(byBytes == decision, "the fast way says something else")
        }
        return decision
    }

    struct Disagreement: CustomStringConvertible {
        let seed: UInt64
        let round: Int
        let subject: Subject
        let action: AccessAction
        let range: AccessModel.Range
        let expected: Bool

        var description: String {
            "seed \(seed), round \(round): \(subject) \(action) \(range) must be "
                + (expected ? "allowed" : "refused")
        }
    }

    private static func subject(
        _ model: AccessModel, _ random: inout SeededRandom
    ) -> (subject: Subject, names: Set<String>, isOwner: Bool) {
        if random.once(in: 6) {
            let name = random.pick(["alice", "root", "Root", "ghost", "uid:1000"])
            return (.account(name), [name], false)
        }
        let userID = random.pick([0, 1000, 1000, 1001, 1002, 65534, daemonUserID])
        let groupID = random.pick([UInt32(100), 27, 65534, 5])
        let groups = [UInt32(100), 27, 65534, 6].filter { _ in random.once(in: 3) }
        let unit = random.pick([nil, "web.service", "db.service", "Web.service", "x.service"])
        let processID = random.pick([Int32(0), 77, 77])
        let names = model.names(
            userID: userID, groups: [groupID] + groups, unit: unit, processID: processID)
        let peer = PeerIdentity(
            processID: processID, userID: userID, groupID: groupID, groups: groups)
        return (.peer(peer, unit: unit), names, userID == 0 || userID == daemonUserID)
    }

    /// Every answer of `decide` that is not the model's, in so many random books.
    static func disagreements(
        seed: UInt64, books: Int, _ decide: Decision
    ) throws -> [Disagreement] {
        var random = SeededRandom(seed: seed)
        var found: [Disagreement] = []
        for round in 0..<books {
            let (model, changes) = AccessModel.random(&random)
            let rules = AccessRules(
                try AccessBook(changes),
                names: ResolvedNames(userIDs: model.userIDs, groupIDs: model.groupIDs))
            for _ in 0..<3 {
                let (subject, names, isOwner) = subject(model, &random)
                for action in AccessAction.allCases {
                    let allowed = model.allowed(names, action)
                    for _ in 0..<8 {
                        let range = AccessModel.Range.random(&random)
                        let expected = AccessModel.decide(
                            allowed, isOwner: isOwner, action, range)
                        if decide(rules, subject, action, range) != expected {
                            found.append(
                                Disagreement(
                                    seed: seed, round: round, subject: subject, action: action,
                                    range: range, expected: expected))
                        }
                    }
                }
            }
        }
        return found
    }

    @Test(arguments: TestSeed.seeds(25, for: "rights"))
    func `Rules decide as looking at every key does`(seed: UInt64) throws {
        let found = try Self.disagreements(seed: seed, books: 100, Self.real)
        #expect(found.isEmpty, "\(found.first.map(String.init(describing:)) ?? "")")
    }

    @Test(arguments: TestSeed.seeds(10, for: "explain"))
    func `Explanations decide as rights do, and say what decided`(seed: UInt64) throws {
        let found = try Self.disagreements(seed: seed, books: 40) {
            rules, subject, action, range in
            let explanation = rules.explain(
                subject, daemonUserID: Self.daemonUserID, action, Self.span(range))
            #expect(!explanation.reason.isEmpty && !explanation.reason.contains("\n"))
            #expect(explanation.rules.count <= Explanation.rulesMax)
            let rights = Self.rights(rules, subject)
            let isDecided = rights.isOwner || !explanation.rules.isEmpty
            #expect(!explanation.allowed || isDecided, "allowed by no rule: seed \(seed)")
            #expect(explanation.rules.allSatisfy { rights.users.contains($0.user) })
            return explanation.allowed
        }
        #expect(found.isEmpty, "\(found.first.map(String.init(describing:)) ?? "")")
    }

    /// Mistakes that others made. If the tests above cannot see them, they see nothing.
    static let mistakes: [(String, Decision)] = [
        (
            "a key alone read as everything from it on",
            { rules, subject, action, range in
                guard case .key = range else { return real(rules, subject, action, range) }
                let rights = rights(rules, subject)
                guard let span = KeySpan(key: range.key, rangeEnd: [0]) else { return false }
                return action == .get
                    ? real(rules, subject, action, range) : rights.may(action, span)
            }
        ),
        (
            "a range checked by its first key",
            { rules, subject, action, range in
                guard let span = KeySpan(key: range.key, rangeEnd: []) else { return false }
                return rights(rules, subject).may(action, span)
            }
        ),
        (
            "ranges listed that may only be got by name",
            { rules, subject, action, range in
                action == .read && span(range).isSingleKey
                    ? rights(rules, subject).may(.get, span(range))
                    : real(rules, subject, action, range)
            }
        ),
        (
            "one rule must cover the whole range",
            { rules, subject, action, range in
                let rights = rights(rules, subject)
                guard !rights.isAdministrator else { return rights.may(action, span(range)) }
                let permissions = rights.roles.flatMap {
                    rules.book.role(named: $0)?.permissions ?? []
                }
                return permissions.contains {
                    $0.kind.includes(action) && SpanSet([$0.span]).contains(span(range))
                } && real(rules, subject, action, range)
            }
        ),
        (
            "the service of a process of another namespace believed",
            { rules, subject, action, range in
                guard case .peer(var peer, let unit) = subject else {
                    return real(rules, subject, action, range)
                }
                peer.processID = 1
                return real(rules, .peer(peer, unit: unit), action, range)
            }
        ),
        (
            "supplementary groups forgotten",
            { rules, subject, action, range in
                guard case .peer(var peer, let unit) = subject else {
                    return real(rules, subject, action, range)
                }
                peer.groups = []
                return real(rules, .peer(peer, unit: unit), action, range)
            }
        ),
    ]

    @Test(arguments: mistakes.indices)
    func `A wrong decision is caught`(place: Int) throws {
        let (name, decide) = Self.mistakes[place]
        let found = try Self.disagreements(seed: 1, books: 50, decide)
        #expect(!found.isEmpty, "not caught: \(name)")
    }
}
