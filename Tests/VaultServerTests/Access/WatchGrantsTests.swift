import Synchronization
import Testing
import VaultAccess
import VaultStore

@testable import VaultServer

/// What is taken from the watchers of a stream, decided without a server.
@Suite struct WatchGrantsTests {
    private let alice = Subject.account("alice")

    private func rights(_ keys: [String]) throws -> Rights {
        var book = try AccessBook()
        _ = try book.apply(.addUser("alice", passwordHash: nil))
        _ = try book.apply(.addRole("r"))
        _ = try book.apply(.grantRole(user: "alice", role: "r"))
        for key in keys {
            _ = try book.apply(
                .grantPermission(
                    role: "r", try Permission(.read, key: Array(key.utf8), rangeEnd: [])))
        }
        return AccessRules(book, names: ResolvedNames()).rights(of: alice, daemonUserID: 1)
    }

    @Test func aWatcherTakenAwayWhileItIsMadeNeverSaysAnything() throws {
        let asked = Counter()
        let grants = WatchGrants(keepsNothing: false) { asked.add() }
        grants.asked(KeyRange(key: [97]), by: alice)
        grants.asked(KeyRange(key: [98]), by: alice)
        grants.revoke(beyond: try rights(["b"]))
        #expect(grants.takeEndings().isEmpty)
        grants.created(0)
        #expect(!grants.allows(0))
        #expect(asked.count == 1)
        #expect(grants.takeEndings() == [0])
        grants.created(1)
        #expect(grants.allows(1))
        #expect(!grants.ended(0))
        #expect(grants.ended(1))
    }

    @Test func aRefusedRequestIsNotTakenForTheNext() throws {
        let grants = WatchGrants(keepsNothing: false) {}
        grants.asked(nil, by: alice)
        grants.asked(KeyRange(key: [97]), by: alice)
        grants.refused()
        grants.created(7)
        grants.revoke(beyond: try rights([]))
        #expect(grants.takeEndings() == [7])
        #expect(grants.takeEndings().isEmpty)
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }
}
