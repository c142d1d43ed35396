@testable import VaultAccess
@testable import VaultServer
@testable import VaultStore

/// Rights by rules that are known, and what each of those rules says of one key.
struct KnownRights {
    private static let known: [(kind: PermissionKind, key: Bytes, end: Bytes)] = [
        (.read, [0x61], [0x63]), (.read, [0x63], [0x64, 0]), (.write, [0x62], [0x65]),
        (.get, [0x65], []), (.readWrite, [0x66, 0xff], [0x67]), (.get, [0x67], [0x69]),
        (.read, [0xf0], [0]), (.write, [0x6a], []),
    ]

    /// In force for the user 7.
    let rules: AccessRules
    private let rights: Rights
    private let probes: [Bytes]

    init() throws {
        var book = try AccessBook()
        guard let principal = Principal("uid:7") else { preconditionFailure("it is one") }
        for rule in Self.known {
            let permission = try Permission(rule.kind, key: rule.key, rangeEnd: rule.end)
            try book.apply(.allow(principal, permission))
        }
        let peer = PeerIdentity(processID: 7, userID: 7, groupID: 7)
        rules = AccessRules(book, names: ResolvedNames())
        rights = rules.rights(of: .peer(peer, unit: nil), daemonUserID: 0)
        let letters: Bytes = [0, 1] + Array(0x60...0x6b) + [0xef, 0xf0, 0xff]
        probes = letters.map { [$0] } + letters.flatMap { first in letters.map { [first, $0] } }
    }

    /// Whatever is allowed of a range is allowed of each key in it.
    func check(_ range: KeyRange) {
        let mayRead = rights.allowsRead(range)
        let mayWrite = rights.allowsWrite(range)
        guard !range.key.isEmpty, mayRead || mayWrite else { return }
        for key in probes + [range.key, range.key + [0]] where range.contains(key) {
            precondition(
                !mayRead || Self.allow(.read, key) || range.isSingleKey && Self.allow(.get, key),
                "no rule lets this key be read")
            precondition(!mayWrite || Self.allow(.write, key), "no rule lets this key be written")
        }
    }

    private static func allow(_ action: AccessAction, _ key: Bytes) -> Bool {
        known.contains {
            $0.kind.includes(action) && KeyRange(key: $0.key, rangeEnd: $0.end).contains(key)
        }
    }
}
