import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// kill -9 under load, again and again, on one data directory.
    @Suite struct Crash {
        private static let writers = 6

        @Test func everyAcknowledgedWriteIsThereAfterKill() async throws {
            let seed = TestSeed.seeds(1, for: "crash")[0]
            var random = SeededRandom(seed: seed)
            let vault = try InitialisedVault()
            let ledger = CrashLedger()
            var server = try vault.start()
            var revision: Int64 = 0
            for round in 0..<(12 + 100 * TestSeed.soakRounds) {
                let place = "seed \(seed), round \(round)"
                let before = ledger.acknowledged
                // The kill comes after a random number of acknowledged writes, not after a time.
                let enough = before + Int(random.next() % 300) + 20
                try await load(server, ledger: ledger, until: enough)
                server = try vault.start()
                let names = try Files.names(in: vault.dataDirectory)
                #expect(!names.contains { $0.hasPrefix("copy.") }, "\(place): \(names)")
                let store = try await contents(of: server)
                try #require(ledger.acknowledged > before, "\(place): nothing was written")
                #expect(store.header.revision >= ledger.revision, "\(place): acknowledged")
                #expect(store.header.revision >= revision, "\(place): the revision went back")
                revision = store.header.revision
                for writer in 0..<Crash.writers {
                    let verdict = CrashVerdict(
                        of: writer, in: store.kvs, ledger.entry(of: writer)
                    ) { value($0, of: writer) }
                    #expect(verdict.complaints.isEmpty, "\(place): \(verdict.complaints)")
                    let attempted = ledger.entry(of: writer).attempted
                    ledger.settle(
                        writer, isThere: verdict.values.contains(value(attempted, of: writer)))
                }
            }
            try server.stop()
        }

        /// Every writer counts upwards in all of its keys at once; the server is killed under them.
        private func load(
            _ server: VaultdServer, ledger: CrashLedger, until enough: Int
        ) async throws {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<Crash.writers {
                    group.addTask {
                        await write(to: server, as: writer, ledger: ledger, until: enough)
                    }
                }
                group.addTask { await defragment(server) }
            }
            try server.kill()
        }

        /// All the time, so that most kills meet a file half copied or just replaced.
        private func defragment(_ server: VaultdServer) async {
            do {
                let connection = try await KVConnection(server.socketPath)
                while true { try await connection.defragment() }
            } catch {
                // The server is gone, as it should be.
            }
        }

        private func write(
            to server: VaultdServer, as writer: Int, ledger: CrashLedger, until enough: Int
        ) async {
            do {
                let connection = try await KVConnection(server.socketPath)
                var number = ledger.entry(of: writer).attempted
                while true {
                    number += 1
                    ledger.attempt(number, by: writer)
                    let revision = try await connection.putTogether(
                        (0..<CrashVerdict.keysTogether).map {
                            ("writer/\(writer)/\($0)", value(number, of: writer))
                        })
                    ledger.acknowledge(number, by: writer, revision: revision)
                    if ledger.acknowledged >= enough { return try server.kill() }
                    if writer == 0, number % 20 == 0 { try await connection.compact(revision) }
                }
            } catch {
                // The server is gone, as it should be.
            }
        }

        /// Long enough that a transaction's records spread over several pages.
        private func value(_ number: Int, of writer: Int) -> String {
            "\(number) of \(writer) " + String(repeating: "z", count: 100 + number % 3_000)
        }

        private func contents(of server: VaultdServer) async throws -> Etcdserverpb_RangeResponse {
            let connection = try await KVConnection(server.socketPath)
            let store = try await connection.everything()
            await connection.close()
            return store
        }

        /// Canaries: what would be wrong after a crash is seen to be wrong.
        @Test func aLossIsNoticed() {
            let entry = CrashLedger.Entry(acknowledged: 7, revision: 20, attempted: 8)
            func complaints(_ numbers: [Int], _ revisions: [Int64]) -> Int {
                let store = zip(numbers, revisions).enumerated().map { index, pair in
                    Mvccpb_KeyValue.with {
                        $0.key = Data("writer/3/\(index)".utf8)
                        $0.value = Data(value(pair.0, of: 3).utf8)
                        $0.modRevision = pair.1
                    }
                }
                return CrashVerdict(of: 3, in: store, entry) { value($0, of: 3) }.complaints.count
            }
            #expect(complaints([7, 7, 7, 7, 7], [20, 20, 20, 20, 20]) == 0)
            #expect(complaints([8, 8, 8, 8, 8], [23, 23, 23, 23, 23]) == 0)
            #expect(complaints([6, 6, 6, 6, 6], [20, 20, 20, 20, 20]) == 1, "an older write")
            #expect(complaints([7, 7, 7, 7, 8], [20, 20, 20, 20, 20]) == 1, "half of one")
            #expect(complaints([7, 7, 7, 7], [20, 20, 20, 20]) == 1, "a key less")
            #expect(complaints([7, 7, 7, 7, 7], [19, 19, 19, 19, 19]) == 1, "back in time")
            #expect(complaints([], []) > 0, "nothing there")
        }
    }
}
