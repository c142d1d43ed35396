import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// Clients that work on the same keys while the server is killed or stopped under them: what
    /// they were told must be what one register a key could have told them.
    @Suite struct Linearizability {
        private static let clients = 5

        @Test func whatClientsAreToldOverKillsIsLinearizable() async throws {
            let seed = TestSeed.seeds(1, for: "linearizability-kill")[0]
            let rounds = 12 + 60 * TestSeed.soakRounds
            var random = SeededRandom(seed: seed)
            let vault = try InitialisedVault()
            let recorder = HistoryRecorder()
            let watched = WatchCollector()
            for round in 0..<rounds {
                let server = try vault.start()
                let enough = recorder.answered + 30 + Int(random.next() % 120)
                let roundSeed = random.next() % 1_000_000
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await watched.watch(server, until: .max) }
                    for number in 0..<Self.clients {
                        group.addTask {
                            await work(
                                number, server, seed: roundSeed, recorder, killAt: enough)
                        }
                    }
                }
                try server.kill()
                recorder.cutOff()
                #expect(
                    recorder.answered >= enough, "seed \(seed), round \(round): too few answers")
            }
            let server = try vault.start()
            let last = try await settle(server, recorder)
            await watched.watch(server, until: last)
            let afresh = WatchCollector()
            await afresh.watch(server, until: last)
            let history = watched.history
            #expect(
                afresh.history == history, "seed \(seed): a new watcher hears otherwise")
            judge(recorder, history, "seed \(seed)")
            try server.stop()
        }

        /// etcd #20418: reads that were stale after the process had been paused.
        @Test func whatClientsAreToldOverPausesIsLinearizable() async throws {
            let seed = TestSeed.seeds(1, for: "linearizability-pause")[0]
            let pauses = 25 + 200 * TestSeed.soakRounds
            let vault = try InitialisedVault()
            let recorder = HistoryRecorder()
            let watched = WatchCollector()
            let server = try vault.start()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.clients {
                    group.addTask {
                        var client = try await RegisterClient(
                            number, server.socketPath, seed: seed, recorder: recorder)
                        while !recorder.isOver { try await client.step() }
                        await client.close()
                    }
                }
                group.addTask {
                    try await onThread {
                        defer { recorder.finish() }
                        for _ in 0..<pauses { try pause(server, recorder) }
                    }
                }
                try await group.waitForAll()
            }
            let last = try await settle(server, recorder)
            await watched.watch(server, until: last)
            judge(recorder, watched.history, "seed \(seed)")
            try server.stop()
        }

        // MARK: - What happens

        /// Stops the process, waits until every client waits for it, and lets it go on for a while.
        private func pause(_ server: VaultdServer, _ recorder: HistoryRecorder) throws {
            server.program.signal(SIGSTOP)
            defer { server.program.signal(SIGCONT) }
            let isStopped = Waiting.until(.seconds(20)) {
                server.program.isStopped && recorder.underWay == Self.clients
            }
            guard isStopped else { throw TestFailure("vaultd did not stop, or a client did") }
            server.program.signal(SIGCONT)
            let enough = recorder.answered + 40
            guard Waiting.until(.seconds(20), { recorder.answered >= enough }) else {
                throw TestFailure("vaultd did not go on")
            }
        }

        private func work(
            _ number: Int, _ server: VaultdServer, seed: UInt64, _ recorder: HistoryRecorder,
            killAt enough: Int
        ) async {
            do {
                var client = try await RegisterClient(
                    number, server.socketPath, seed: seed, recorder: recorder)
                while true {
                    try await client.step()
                    if recorder.answered >= enough { return try server.kill() }
                }
            } catch {
                // The server is gone, as it should be. If it is not, the round is over anyway.
                _ = try? server.kill()
            }
        }

        /// Writes and reads every register once more, so that nothing stays open. Returns the last
        /// revision.
        private func settle(
            _ server: VaultdServer, _ recorder: HistoryRecorder
        ) async throws -> Int64 {
            var client = try await RegisterClient(
                Self.clients, server.socketPath, seed: 0, recorder: recorder)
            var last: Int64 = 0
            for key in 0..<RegisterClient.keys {
                try await client.perform(.get, key: key)
                last = try await client.perform(.put(recorder.newValue()), key: key) ?? last
                try await client.perform(.get, key: key)
            }
            await client.close()
            return last
        }

        // MARK: - What it must have been

        private func judge(
            _ recorder: HistoryRecorder, _ watched: WatchedHistory, _ place: String
        ) {
            let (operations, tellings) = (recorder.operations, recorder.tellings)
            for key in 0..<RegisterClient.keys {
                let verdict = LinearizabilityChecker.check(operations.filter { $0.key == key })
                #expect(verdict == .linearizable, "\(place), key \(key)")
            }
            #expect(RevisionOrder.complaints(tellings) == [], "\(place)")
            #expect(watched.complaints(operations, tellings) == [], "\(place)")
            let unanswered = operations.count - tellings.count
            print("\(place): \(tellings.count) answers, \(unanswered) operations cut off")
        }

        // MARK: - Canaries

        /// What a store must not do is seen by one of the three judges at least.
        @Test func whatIsWrongIsNoticed() throws {
            let recorder = HistoryRecorder()
            var watched = WatchedHistory()
            for value in 1...4 {
                let index = recorder.begin(.put(value), key: 0, client: value % 2)
                recorder.end(index, .done, header: Int64(value + 1), made: Int64(value + 1))
                watched.append(.init(revision: Int64(value + 1), key: 0, value: value))
            }
            let (operations, tellings) = (recorder.operations, recorder.tellings)
            #expect(RevisionOrder.complaints(tellings).isEmpty)
            #expect(watched.complaints(operations, tellings).isEmpty)
            #expect(
                !RevisionOrder.complaints(
                    tellings.reversed().map { telling in
                        HistoryRecorder.Telling(
                            client: telling.client, invoked: telling.invoked,
                            returned: telling.returned,
                            header: 6 - telling.header, made: nil, operation: telling.operation)
                    }
                ).isEmpty, "revisions go down")
            #expect(!RevisionOrder.complaints(tellings + [tellings[3]]).isEmpty, "made twice")
            let spoilt: [([WatchedHistory.Event]) -> [WatchedHistory.Event]] = [
                { Array($0.dropLast()) }, { Array($0.dropFirst()) }, { $0 + [$0[3]] },
                { [$0[0], $0[0], $0[1], $0[2], $0[3]] }, { [$0[1], $0[0], $0[2], $0[3]] },
                { [$0[0], $0[1], .init(revision: 4, key: 0, value: 9), $0[3]] },
                { [$0[0], $0[1], .init(revision: 4, key: 1, value: 3), $0[3]] },
                { [$0[0], $0[1], .init(revision: 4, key: 0, value: nil), $0[3]] },
            ]
            for (number, spoil) in spoilt.enumerated() {
                var other = WatchedHistory()
                for event in spoil(watched.events) { other.append(event) }
                #expect(!other.complaints(operations, tellings).isEmpty, "canary \(number)")
            }
            let cut = recorder.begin(.put(5), key: 0, client: 0)
            recorder.cutOff()
            watched.append(.init(revision: 6, key: 0, value: 5))
            #expect(watched.complaints(recorder.operations, tellings).isEmpty)
            watched.append(.init(revision: 7, key: 0, value: 5))
            #expect(!watched.complaints(recorder.operations, tellings).isEmpty, "done twice")
            #expect(recorder.operations[cut].answer == nil)
        }
    }
}
