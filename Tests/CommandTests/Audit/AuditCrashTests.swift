import FoundationEssentials
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// kill -9 under load, again and again: whoever got an answer is in the audit log.
    @Suite struct AuditCrash {
        private static let clients = 6

        @Test func everyAnsweredRequestIsInTheLogAfterKill() async throws {
            let seed = TestSeed.seeds(1, for: "audit crash")[0]
            var random = SeededRandom(seed: seed)
            let audited = try AuditedVault(
                configuration: "audit_rotate_bytes: \(1 << 20)\naudit_sync: never\n")
            let ledger = AnswerLedger()
            var server = try audited.start()
            let first = try await KVConnection(server.socketPath)
            try await AuditedVault.addGuest(first)
            await first.close()
            for round in 0..<(6 + 60 * TestSeed.soakRounds) {
                let place = "seed \(seed), round \(round)"
                let before = ledger.answerCount
                let enough = before + Int(random.next() % 2_000) + 50
                try await load(
                    server, ledger, until: enough, seed: random.next(),
                    sealing: round % 2 == 0 ? audited.vault.keyfile : nil)
                server = try audited.start()
                let connection = try await KVConnection(server.socketPath)
                let hashes = try await hashes(connection)
                await connection.close()
                // Throws where a line is torn.
                let lines = try audited.lines()
                let complaints = ledger.complaints(lines, hashes: hashes)
                #expect(complaints.isEmpty, "\(place): \(complaints)")
                try #require(ledger.answerCount > before, "\(place): nobody was answered")
                let verdict = try audited.verify()
                #expect(verdict.status == .exit(0), "\(place): \(verdict)")
            }
            let statuses = ledger.statuses
            #expect(
                statuses.isSuperset(of: ["OK", "PERMISSION_DENIED", "UNAVAILABLE"]), "\(statuses)")
            try server.stop()
        }

        private static let keys = ["app/a", "app/b", "app/c", "db/a"]

        /// Clients ask until there were enough answers; then the server is killed under them.
        private func load(
            _ server: VaultdServer, _ ledger: AnswerLedger, until enough: Int, seed: UInt64,
            sealing keyfile: String?
        ) async throws {
            let connection = try await KVConnection(server.socketPath)
            let token = try await AuditedVault.logIn(connection)
            await connection.close()
            await withTaskGroup(of: Void.self) { group in
                for client in 0..<Self.clients {
                    group.addTask {
                        await ask(
                            server, ledger, until: enough, seed: seed &+ UInt64(client),
                            token: client % 2 == 0 ? token : nil)
                    }
                }
                if let keyfile {
                    group.addTask { await sealAndUnseal(server, keyfile) }
                }
            }
            try server.kill()
        }

        private func ask(
            _ server: VaultdServer, _ ledger: AnswerLedger, until enough: Int, seed: UInt64,
            token: String?
        ) async {
            var random = SeededRandom(seed: seed)
            var token = token
            do {
                let connection = try await KVConnection(server.socketPath)
                while true {
                    let key = random.pick(Self.keys)
                    let isWrite = random.once(in: 2)
                    let bytes = [10, UInt8(key.utf8.count)] + Array(key.utf8)
                    let method = isWrite ? Methods.KV.put : Methods.KV.range
                    let request = AnswerLedger.Request(
                        method: String(method.path.dropFirst()), key: key,
                        user: token == nil ? nil : "guest")
                    ledger.attempt(request)
                    let answer = await connection.call(method.path, bytes, token: token)
                    guard let status = ledger.answered(request, answer) else { return }
                    if ledger.answerCount >= enough { return try server.kill() }
                    // The vault was sealed and unsealed, and knows nobody any more.
                    if status == "UNAUTHENTICATED" {
                        token = (try? await AuditedVault.logIn(connection)) ?? token
                    }
                }
            } catch {
                // The server is gone.
            }
        }

        private func sealAndUnseal(_ server: VaultdServer, _ keyfile: String) async {
            guard let program = try? BuiltPrograms.path("vaultctl") else { return }
            for _ in 0..<3 {
                for command in [["seal"], ["unseal", "--keyfile", keyfile]] {
                    _ = try? await onThread {
                        try Program.run(program, ["--socket", server.socketPath] + command)
                    }
                }
            }
        }

        private func hashes(_ connection: KVConnection) async throws -> [String: String] {
            var hashes: [String: String] = [:]
            for key in Self.keys {
                let request = Vault_V1_HashKeyRequest.with { $0.key = Data(key.utf8) }
                let answer: Vault_V1_HashKeyResponse = try await connection.call(
                    Methods.Audit.hashKey, request)
                hashes[key] = answer.hash
            }
            return hashes
        }

        /// Canaries: an answer without a line, and a line without a request, are noticed.
        @Test func aMissingLineIsNoticed() throws {
            let ledger = AnswerLedger()
            let request = AnswerLedger.Request(
                method: "etcdserverpb.KV/Put", key: "app/a", user: nil)
            for _ in 0..<3 {
                ledger.attempt(request)
                _ = ledger.answered(request, .success([]))
            }
            ledger.attempt(request)
            let line = try JSONDecoder().decode(
                LoggedLine.self,
                from: Data(
                    #"""
                    {"seq":1,"time":"","method":"etcdserverpb.KV/Put","key":"h:1",
                    "decision":"allowed","status":"OK","hash":""}
                    """#.utf8))
            func complaints(_ count: Int) -> Int {
                ledger.complaints(
                    Array(repeating: line, count: count), hashes: ["app/a": "h:1"]
                ).count
            }
            #expect([2, 3, 4, 5].map(complaints) == [1, 0, 0, 1])
            var other = line
            other.key = "h:2"
            #expect(ledger.complaints([line, line, other], hashes: ["app/a": "h:1"]).count == 1)
        }
    }
}
