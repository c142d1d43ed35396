import FoundationEssentials
import Glibc
import Testing
import VaultAPI
import VaultClient
import VaultTestSupport

extension CommandTests {
    /// `vaultctl backup restore --into-live`, against a vaultd that goes on.
    @Suite struct LiveRestore {
        typealias Content = [String: [UInt8]]

        /// A vault, its archives, and what was in it at every revision.
        private final class Stage {
            let vault: InitialisedVault
            let server: VaultdServer
            let connection: VaultConnection
            var now: Content = [:]
            var past: [Int64: Content] = [1: [:]]
            private var archives: [String] = []

            init() async throws {
                vault = try InitialisedVault()
                server = try vault.start()
                connection = try await VaultConnection.connect(socketPath: server.socketPath)
            }

            func ctl(_ words: [String]) throws -> ProgramResult {
                try Program.run(
                    try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath] + words)
            }

            func put(_ key: String, _ value: [UInt8]) async throws {
                let revision = try await connection.put(key, value: value)
                now[key] = value
                past[revision] = now
            }

            func delete(_ key: String) async throws {
                guard now[key] != nil else { return }
                #expect(try await connection.delete(key))
                now[key] = nil
                guard let newest = past.keys.max() else { return }
                past[newest + 1] = now
            }

            func archive() throws {
                let path = vault.directory.file("\(archives.count).vab")
                let since = archives.last.map { ["--since", $0] } ?? []
                let made = try ctl(["backup", "create", path] + since)
                #expect(made.status == .exit(0), "\(made)")
                archives.append(path)
            }

            func restoring(_ prefix: String, _ words: [String]) -> [String] {
                ["backup", "restore"] + archives
                    + ["--into-live", "--prefix", prefix, "--keyfile", vault.keyfile] + words
            }

            /// What the vault says that it holds.
            func content() async throws -> Content {
                var request = Etcdserverpb_RangeRequest()
                (request.key, request.rangeEnd) = (Data([0]), Data([0]))
                let answer = try await connection.range(request)
                return Dictionary(
                    uniqueKeysWithValues: answer.kvs.map {
                        (String(decoding: $0.key, as: UTF8.self), Array($0.value))
                    })
            }

            func end() async throws {
                await connection.close()
                try server.stop()
            }
        }

        private func expected(
            _ now: Content, _ then: Content, below prefix: String, deletesNewer: Bool
        ) -> Content {
            var result = now
            for (key, value) in then where key.hasPrefix(prefix) { result[key] = value }
            if deletesNewer {
                for key in now.keys where key.hasPrefix(prefix) && then[key] == nil {
                    result[key] = nil
                }
            }
            return result
        }

        /// Any prefix of any revision of a random history, each in the vault that the one before
        /// left behind.
        @Test(arguments: TestSeed.seeds(2, for: "live restore"))
        func anyPrefixOfAnyRevisionComesBack(seed: UInt64) async throws {
            var random = SeededRandom(seed: seed)
            let stage = try await Stage()
            for _ in 0..<3 {
                for _ in 0..<60 {
                    let key = random.pick(["app/", "app/x/", "other/"]) + "\(random.next() % 12)"
                    let size = random.once(in: 20) ? 400_000 : Int(random.next() % 40)
                    if random.once(in: 4) {
                        try await stage.delete(key)
                    } else {
                        try await stage.put(key, random.bytes(size))
                    }
                }
                try stage.archive()
            }
            let archived = stage.past
            for _ in 0..<20 {
                try await stage.put("app/\(random.next() % 20)", random.bytes(9))
            }
            for _ in 0..<(6 + 40 * TestSeed.soakRounds) {
                let prefix = random.pick(["app/", "app/x/", "other/", "", "nothing/"])
                let revision = random.pick(archived.keys.sorted())
                let deletesNewer = random.once(in: 2)
                let place = "seed \(seed), '\(prefix)' at \(revision), deletes \(deletesNewer)"
                var words = ["--revision", "\(revision)", "--yes"]
                if deletesNewer { words.append("--delete-newer") }
                let then = try #require(archived[revision])
                let before = try await stage.content()
                let wanted = expected(before, then, below: prefix, deletesNewer: deletesNewer)
                let look = try stage.ctl(stage.restoring(prefix, words + ["--dry-run"]))
                #expect(look.status == .exit(0), "\(place): \(look)")
                #expect(try await stage.content() == before, "\(place): a dry run wrote")
                let result = try stage.ctl(stage.restoring(prefix, words))
                #expect(result.status == .exit(0), "\(place): \(result)")
                #expect(try await stage.content() == wanted, "\(place): \(result)")
                let again = try stage.ctl(stage.restoring(prefix, words + ["-o", "json"]))
                #expect(again.outputText.contains("\"last_revision\":0"), "\(place): \(again)")
            }
            try await stage.end()
        }

        /// Killed while it writes, and run again.
        @Test func whatWasCutOffIsFinishedByTheNextRun() async throws {
            let stage = try await Stage()
            for number in 0..<2_000 {
                var request = Etcdserverpb_PutRequest()
                (request.key, request.value) = (Data("k/\(number)".utf8), Data("\(number)".utf8))
                _ = try await stage.connection.put(request)
            }
            let then = try await stage.content()
            try stage.archive()
            var request = Etcdserverpb_DeleteRangeRequest()
            (request.key, request.rangeEnd) = (Data("k/".utf8), Data("k0".utf8))
            let last = try await stage.connection.deleteRange(request).header.revision
            let program = try Program(
                try BuiltPrograms.path("vaultctl"),
                ["--socket", stage.server.socketPath] + stage.restoring("k/", ["--yes"]))
            var isUnderWay = false
            while !isUnderWay, program.ended == nil {
                isUnderWay = try await stage.connection.status().revision > last
            }
            try program.stop(SIGKILL)
            let half = try await stage.content().count
            #expect(half > 0)
            let result = try stage.ctl(stage.restoring("k/", ["--yes"]))
            #expect(result.status == .exit(0), "\(result)")
            #expect(try await stage.content() == then)
            try await stage.end()
        }
    }
}
