import Glibc
import NIOCore
import NIOPosix
import Testing
import VaultAccess

@testable import VaultServer

/// The event loops of a daemon: a set for each class that a quota names, and best effort's last.
@Suite struct EventLoopsTests {
    private func niceness(_ rules: [String]) async throws -> [Int32] {
        var configuration = ServerConfiguration()
        configuration.eventThreads = 2
        configuration.quotas = rules.compactMap { QuotaRule($0) }
        #expect(configuration.quotas.count == rules.count)
        let group = EventLoops.make(configuration)
        var found: [Int32] = []
        for loop in group.makeIterator() {
            found.append(
                try await loop.submit {
                    getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
                }.get())
        }
        try await group.shutdownGracefully()
        #expect(found.count == 2 * EventLoops.sets(configuration))
        return found
    }

    @Test func eachClassHasAsManyAndOnlyThoseOfBestEffortStandBack() async throws {
        let (own, back) = (
            getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0), Limits.bestEffortNice
        )
        #expect(try await niceness([]) == [own, own])
        #expect(try await niceness(["uid:1 rate=5"]) == [own, own])
        #expect(
            try await niceness(["uid:1 class=burstable rate=5"]) == [own, back, own, back])
        #expect(
            try await niceness(
                ["uid:1 class=burstable rate=5", "uid:2 class=guaranteed rate=5"])
                == [own, own, back, own, own, back])
    }
}
