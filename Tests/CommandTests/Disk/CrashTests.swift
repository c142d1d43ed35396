import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// kill -9 under load, again and again, on one data directory.
    @Suite struct Crash {
        private static let writers = 6
        /// Keys that a writer changes in each of its transactions.
        private static let keysTogether = 5

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
                let store = try await contents(of: server)
                try #require(ledger.acknowledged > before, "\(place): nothing was written")
                #expect(store.header.revision >= ledger.revision, "\(place): acknowledged")
                #expect(store.header.revision >= revision, "\(place): the revision went back")
                revision = store.header.revision
                for writer in 0..<Crash.writers {
                    let values = check(writer, in: store, ledger.entry(of: writer), place)
                    let attempted = ledger.entry(of: writer).attempted
                    ledger.settle(writer, isThere: values.contains(value(attempted, of: writer)))
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
            }
            try server.kill()
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
                        (0..<Crash.keysTogether).map {
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

        private func check(
            _ writer: Int, in store: Etcdserverpb_RangeResponse, _ entry: CrashLedger.Entry,
            _ place: String
        ) -> Set<String> {
            let own = store.kvs.filter {
                String(decoding: $0.key, as: UTF8.self).hasPrefix("writer/\(writer)/")
            }
            let values = Set(own.map { String(decoding: $0.value, as: UTF8.self) })
            if entry.acknowledged == 0, own.isEmpty { return values }
            #expect(own.count == Crash.keysTogether, "\(place): writer \(writer) lost keys")
            #expect(values.count == 1, "\(place): half a transaction of writer \(writer)")
            #expect(Set(own.map(\.modRevision)).count == 1, "\(place): writer \(writer)")
            // Either the last one that was acknowledged or the one whose answer never came.
            let allowed = [entry.acknowledged, entry.attempted].map { value($0, of: writer) }
            #expect(values.isSubset(of: allowed), "\(place): writer \(writer) at \(entry)")
            return values
        }
    }
}
