import FoundationEssentials
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// Keys are changed under full load, and the server is killed while they are.
    @Suite struct RotationCrash {
        private static let writers = 4
        private static let commands = [
            ["rotate"], ["rotate", "--root"], ["rewrap"],
            ["keyslot", "add", "--passphrase-file", "other"], ["rotate"], ["rewrap", "--status"],
        ]

        @Test func everyWriteThatWasAnsweredIsThereAfterKill() async throws {
            let seed = TestSeed.seeds(1, for: "rotation crash")[0]
            var random = SeededRandom(seed: seed)
            let vault = try InitialisedVault(withPassphrase: true)
            let ledger = WriteLedger()
            var server = try vault.start()
            for round in 0..<(5 + 40 * TestSeed.soakRounds) {
                let place = "seed \(seed), round \(round)"
                let answered = ledger.count
                let enough = answered + Int(random.next() % 3_000) + 200
                try await load(server, ledger, until: enough, &random)
                #expect(ledger.refusals.isEmpty, "\(place): \(ledger.refusals)")
                #expect(ledger.count > answered, "\(place): nobody was answered")
                // The key file's slot, whatever step of a change the kill met.
                server = try vault.start()
                try await expectEverything(ledger, server, place)
                // The passphrase's slot.
                let ctl = try BuiltPrograms.path("vaultctl")
                let test = try Program.run(
                    ctl,
                    [
                        "--socket", server.socketPath, "keyslot", "test", "--passphrase-file",
                        vault.passphraseFile,
                    ])
                #expect(test.status == .exit(0), "\(place): \(test)")
                let verdict = try Program.run(ctl, ["--socket", server.socketPath, "verify"])
                #expect(verdict.status == .exit(0), "\(place): \(verdict)")
            }
            try server.stop()
        }

        /// Writers write and one changes keys, until there were enough answers; then the server is
        /// killed under them.
        private func load(
            _ server: VaultdServer, _ ledger: WriteLedger, until enough: Int,
            _ random: inout SeededRandom
        ) async throws {
            let first = Int(random.next() % UInt64(Self.commands.count))
            let home = try TemporaryDirectory()
            try Files.write("another passphrase\n", to: home.file("other"))
            ledger.isKilled = false
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<Self.writers {
                    group.addTask { await write(server, ledger, writer, until: enough) }
                }
                group.addTask { await change(server, ledger, home, from: first) }
            }
            try server.kill()
        }

        private func write(
            _ server: VaultdServer, _ ledger: WriteLedger, _ writer: Int, until enough: Int
        ) async {
            do {
                let connection = try await KVConnection(server.socketPath)
                while true {
                    let number = ledger.next(of: writer)
                    var put = Etcdserverpb_PutRequest()
                    put.key = Data("w\(writer)/\(number % 50)".utf8)
                    put.value = Data("\(number)".utf8)
                    let bytes: [UInt8] = try put.serializedBytes()
                    switch await connection.call(Methods.KV.put.path, bytes) {
                    case .success: ledger.answered(writer, number)
                    case .failure(let status):
                        return ledger.refuse("\(status)")
                    }
                    guard ledger.count < enough else {
                        ledger.isKilled = true
                        return try server.kill()
                    }
                }
            } catch {
                // The server is gone.
            }
        }

        /// A command after the other, until the server is gone.
        private func change(
            _ server: VaultdServer, _ ledger: WriteLedger, _ home: TemporaryDirectory,
            from first: Int
        ) async {
            guard let program = try? BuiltPrograms.path("vaultctl") else { return }
            var number = first
            while !ledger.isKilled {
                let command = Self.commands[number % Self.commands.count]
                    .map { $0 == "other" ? home.file("other") : $0 }
                let result = try? await onThread {
                    try Program.run(program, ["--socket", server.socketPath] + command)
                }
                number += 1
                guard let result else { return }
                if result.status != .exit(0) { ledger.refuse("\(command): \(result)") }
            }
        }

        private func expectEverything(
            _ ledger: WriteLedger, _ server: VaultdServer, _ place: String
        ) async throws {
            let connection = try await KVConnection(server.socketPath)
            var all = Etcdserverpb_RangeRequest()
            all.key = Data([0])
            all.rangeEnd = Data([0])
            let answer: Etcdserverpb_RangeResponse = try await connection.call(
                Methods.KV.range, all)
            await connection.close()
            var found: [String: Int] = [:]
            for pair in answer.kvs {
                found[String(decoding: pair.key, as: UTF8.self)] = Int(
                    String(decoding: pair.value, as: UTF8.self))
            }
            // The one that was under way may be there as well.
            let lost = ledger.newest.filter { (found[$0.key] ?? -1) < $0.value }
            #expect(lost.isEmpty, "\(place): \(lost)")
        }
    }
}
