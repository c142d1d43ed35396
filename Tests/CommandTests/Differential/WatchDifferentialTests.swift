import FoundationEssentials
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests.Differential {
    /// Watchers of vaultd beside those of a real etcd.
    @Suite struct Watching {
        @Test func everyWatcherIsToldWhatEtcdTells() async throws {
            var tally: [String: Int] = [:]
            let seeds = TestSeed.seeds(2 + 20 * TestSeed.soakRounds, for: "watch-differential")
            for seed in seeds {
                let run = try await WatchRun(seed: seed)
                do {
                    try await run.run(steps: 300)
                } catch let divergence as WatchRun.Divergence {
                    Issue.record("\(divergence)")
                    return
                }
                tally.merge(run.tally, uniquingKeysWith: +)
            }
            expectVariety(tally)
        }

        @Test func etcdAgreesWithItself() async throws {
            let run = try await WatchRun(seed: 1, subject: .etcd, asksProgress: false)
            try await run.run(steps: 200)
        }

        @Test(arguments: WatchCanary.all)
        func aSpoiltWatchIsNoticed(canary: WatchCanary) async throws {
            let run = try await WatchRun(seed: 2, alteration: canary.spoil)
            await #expect(throws: WatchRun.Divergence.self) { try await run.run(steps: 350) }
        }

        private func expectVariety(_ tally: [String: Int]) {
            for (what, least) in [
                ("created", 50), ("cancelled", 15), ("nothing to cancel", 1), ("compacted", 3),
                ("event", 2_000), ("mvcc: watcher range is empty", 3),
                ("mvcc: duplicate watch ID provided on the WatchStream", 1),
            ] {
                #expect(tally[what, default: 0] >= least, "too few: \(what): \(tally)")
            }
            print("watch differential: \(tally.sorted { $0.key < $1.key })")
        }
    }
}
