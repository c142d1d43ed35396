import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// What is in the memory of a vaultd, as root sees it, while it is unsealed and after.
    @Suite(.enabled(if: geteuid() == 0, "needs root, to read another process's memory"))
    struct Memory {
        private let marks: LeakMarks
        private let home: TemporaryDirectory
        private let server: VaultdServer

        init() throws {
            let seed = TestSeed.seeds(1, for: "memory")[0]
            marks = LeakMarks(seed: seed)
            home = try TemporaryDirectory()
            for (name, text) in [
                ("keyfile", marks.keyfile), ("passphrase", marks.passphrase + "\n"),
                ("value", marks.value), ("password", marks.password + "\n"),
            ] {
                try Files.write(text, to: home.file(name))
            }
            server = try VaultdServer(["--data-dir", home.file("data")], directory: home)
            try run("vaultctl init --keyfile keyfile --passphrase-file passphrase")
            try run("vaultctl seal; vaultctl unseal --passphrase-file passphrase")
        }

        @discardableResult
        private func run(_ line: String) throws -> ProgramResult {
            let result = try Program.run(
                "/bin/sh", ["-c", line],
                environment: [
                    "ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": server.endpoint,
                    "ETCDCTL_DIAL_TIMEOUT": "60s", "ETCDCTL_COMMAND_TIMEOUT": "60s",
                    "VAULTD_SOCKET": server.socketPath, "LC_ALL": "C.UTF-8", "K": marks.key,
                    "V": marks.value,
                    "PATH": "\(try BuiltPrograms.directory()):/usr/bin:/bin",
                ], workingDirectory: home.path, timeout: .seconds(120))
            guard result.status == .exit(0) else { throw TestFailure("\(line): \(result)") }
            return result
        }

        /// Everything that the server does with values.
        private func useSecrets() throws {
            try run("vaultctl put $K/a --value-file value; vaultctl put $K/b --value-file value")
            try run("for i in 1 2 3 4 5 6 7 8; do vaultctl put $K/c$i --value-file value; done")
            try run("vaultctl get $K/a; vaultctl list $K/; vaultctl history $K/a")
            try run("etcdctl get $K --prefix; etcdctl put $K/a $V$V --prev-kv")
            try run(
                #"printf 'value("%s/a") = "%s"\n\nput %s/t %s\nget %s/a\n\n\n' "#
                    + "$K $V $K $V $K | etcdctl txn; printf '\\n\\nget %s/a\\n\\n' $K | etcdctl txn"
            )
            try run("timeout 20 vaultctl watch $K/ --prefix --revision 2 | head -n 5")
            try run("vaultctl user add alice --password-file password")
            try run("vaultctl del $K/b; vaultctl undelete $K/b; vaultctl del $K/c1")
        }

        @Test func keysAreInGuardedMemoryAloneWhileUnsealed() throws {
            try useSecrets()
            let memory = try ProcessMemory(of: server.program)
            let pieces = memory.keyPieces
            // The control: libsodium keeps the bytes that it puts before each allocation in its
            // own data, so they are found in both places, and nothing else is.
            let outside = memory.found(pieces)
            #expect(pieces.count > 10, "no keys: \(pieces.count)")
            let seen = outside.map { "\($0): \(memory.places(of: $0))" }
            #expect(outside.count == 1, "of \(pieces.count) pieces are outside: \(seen)")
            for secret in [marks.keyfile, marks.passphrase] {
                let places = memory.places(of: Array(secret.utf8))
                #expect(places.isEmpty, "\(secret): \(places)")
            }
            try server.stop()
        }

        @Test func guardedMemoryIsLockedAndLeftOutOfCoresAndChildren() throws {
            let guarded = try MemoryMapping.all(of: server.program.processID).filter(\.isGuarded)
            #expect(!guarded.isEmpty)
            #expect(guarded.filter { !$0.isLeftOutOfCores }.isEmpty)
            #expect(guarded.filter { !$0.isWipedOnFork }.isEmpty)
            let hasKeys = try Files.text("/proc/cpuinfo").contains(" ospke")
            #expect(guarded.filter { ($0.protectionKey != 0) != hasKeys }.isEmpty)
            try server.stop()
        }

        @Test func nothingIsLeftOfKeysAndValuesAfterSealing() throws {
            try useSecrets()
            let before = try ProcessMemory(of: server.program)
            let canary = before.found(before.keyPieces)
            let keys = before.keyPieces.subtracting(canary)
            #expect(keys.count > 10)
            try run("vaultctl seal")
            let after = try ProcessMemory(of: server.program)
            let left = after.found(keys, alsoGuarded: true)
            #expect(left.isEmpty, "\(left.count) of \(keys.count) pieces of keys are left")
            for secret in [marks.keyfile, marks.passphrase, marks.password, marks.value] {
                let places = after.places(of: Array(secret.utf8))
                #expect(places.isEmpty, "\(secret): \(places)")
            }
            try server.stop()
        }
    }
}
