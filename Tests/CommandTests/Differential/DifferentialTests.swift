import FoundationEssentials
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// vaultd beside a real etcd.
    @Suite struct Differential {
        @Test func everyAnswerIsEtcds() async throws {
            var tally = Tally()
            let run = DifferentialRun(reopenEvery: 300)
            let seeds = TestSeed.seeds(7 + 20 * TestSeed.soakRounds, for: "differential")
            for seed in seeds {
                if let divergence = try await run.run(seed: seed, count: 700, tally: &tally) {
                    Issue.record("\(divergence)")
                    return
                }
            }
            expectVariety(tally)
        }

        @Test func etcdAgreesWithItself() async throws {
            var tally = Tally()
            let run = DifferentialRun(subject: .etcd)
            if let divergence = try await run.run(seed: 1, count: 1_500, tally: &tally) {
                Issue.record("\(divergence)")
            }
            expectVariety(tally)
        }

        /// The one request of these that the oracle cannot be asked: etcd 3.4 crashes on it.
        @Test(arguments: [-1, 5, 9])
        func anUnknownSortTargetIsRefused(target: Int) async throws {
            let server = try VaultdServer.dev()
            let connection = try await KVConnection(server.socketPath)
            let request = KVRequest.range(
                .with {
                    $0.key = Data("a".utf8)
                    $0.sortTarget = .UNRECOGNIZED(target)
                })
            let answer = await connection.call(request.method.path, try request.bytes())
            #expect(
                KVAnswer(answer, to: request)
                    == .failure(Status(.invalidArgument, "etcdserver: invalid sort option")))
            await connection.close()
        }

        /// Canaries: each spoils one kind of answer a little, and must be noticed.
        @Test(arguments: Canary.all)
        func aSpoiledAnswerIsNoticed(canary: Canary) async throws {
            var tally = Tally()
            let run = DifferentialRun(subject: .etcd, alteration: canary.spoil)
            let divergence = try await run.run(seed: 2, count: 300, tally: &tally)
            #expect(divergence != nil, "\(canary) went unnoticed")
            #expect((divergence?.requests.count ?? 0) <= 12, "\(canary) was not shrunk")
        }

        @Test(arguments: Canary.leases)
        func aSpoiledLeaseIsNoticed(canary: Canary) async throws {
            var tally = Tally()
            let run = DifferentialRun(
                subject: .etcd, alteration: canary.spoil, shrinkAttempts: 0)
            let divergence = try await run.run(seed: 2, count: 600, tally: &tally)
            #expect(divergence != nil, "\(canary) went unnoticed")
        }

        /// Equal answers prove nothing if they are all the same refusal.
        private func expectVariety(_ tally: Tally) {
            for method in ["Range", "Put", "DeleteRange", "Txn"] {
                #expect(tally.count("\(method) ok") > 50, "few good answers to \(method): \(tally)")
            }
            #expect(tally.count("Compact ok") > 3, "\(tally)")
            for method in [
                "LeaseGrant", "LeaseRevoke", "LeaseKeepAlive", "LeaseTimeToLive", "LeaseLeases",
            ] {
                #expect(tally.count("\(method) ok") > 5, "few good answers to \(method): \(tally)")
            }
            for message in [
                "3 etcdserver: key is not provided", "3 etcdserver: key not found",
                "3 etcdserver: value is provided", "3 etcdserver: lease is provided",
                "3 etcdserver: duplicate key given in txn request",
                "3 etcdserver: too many operations in txn request",
                "3 etcdserver: request is too large", "9 etcdserver: lease already exists",
                "11 etcdserver: too large lease TTL", "5 etcdserver: requested lease not found",
                "11 etcdserver: mvcc: required revision has been compacted",
                "11 etcdserver: mvcc: required revision is a future revision",
            ] {
                #expect(tally.count(message) > 0, "never met \(message): \(tally)")
            }
            print("differential answers\n\(tally)")
        }
    }
}
