import Glibc
import RPC
import Testing
import VaultAPI
import VaultAccess
import VaultSeal
import VaultTestSupport

@testable import VaultServer

@Suite struct LoopJournalTests {
    private let directory = TestDirectory()

    /// A stream writes its line at once, and with it those of answers that are held back. When
    /// that fails, these answers must not leave either.
    @Test func answersWhoseLinesWereLostWithThoseOfAStreamAreNotGiven() throws {
        let (journal, trail, stranger) = try journal()
        _ = journal.refused(path: "/a.B/C", caller: stranger.caller, .ok)
        try breakLog(trail)
        let failure = journal.streamed(
            path: Methods.Watch.watch.path, by: stranger.identity, isRefused: false, .ok)
        #expect(failure?.code == .unavailable)
        #expect(journal.commit()?.code == .unavailable)
        #expect(journal.commit() == nil, "said once")
    }

    @Test func aStreamThatIsAloneTakesNobodyWithIt() throws {
        let (journal, trail, stranger) = try journal()
        #expect(
            journal.streamed(
                path: Methods.Watch.watch.path, by: stranger.identity, isRefused: false, .ok)
                == nil)
        try breakLog(trail)
        let failure = journal.streamed(
            path: Methods.Watch.watch.path, by: stranger.identity, isRefused: false, .ok)
        #expect(failure?.code == .unavailable)
        #expect(journal.commit() == nil)
    }

    private struct Stranger {
        var caller: Caller
        var identity: CallerIdentity
    }

    private func journal() throws -> (LoopJournal, AuditTrail, Stranger) {
        let access = try AccessControl(daemonUserID: geteuid())
        let trail = AuditTrail(
            directory: directory.path + "/audit", AuditConfiguration(), logger: TestServer.logger)
        try trail.begin(StoreID(bytes: [UInt8](repeating: 7, count: 16)))
        let peer = PeerIdentity(processID: 1, userID: 4711, groupID: 4711)
        let caller = Caller(
            peer: PeerCredentials(processID: 1, userID: 4711, groupID: 4711),
            identification: PeerLess(), metadata: [:])
        let identity = CallerIdentity(
            peer: peer, unit: nil, account: nil, rights: access.rights(of: .peer(peer, unit: nil)))
        let journal = LoopJournal(
            trail: trail, access: access, quotas: QuotaGate(.unlimited),
            methods: AuditMethods(paths: []))
        return (journal, trail, Stranger(caller: caller, identity: identity))
    }

    private final class PeerLess: PeerIdentification {}

    /// As somebody would who wants to hide what was asked.
    private func breakLog(_ trail: AuditTrail) throws {
        truncate(directory.path + "/audit/audit.jsonl", 10)
        let log = try #require(trail.log)
        _ = log.check(now: CalendarClock.now())
    }
}
