import Glibc
import Testing
import VaultTestSupport

extension DeployTests {
    /// The manifests' own command lines, by their users, with their mounts and nothing else.
    @Suite(.enabled(if: Pods.obstacle == nil, "\(Pods.obstacle ?? "")"))
    struct PodRuns {
        private let pods: Pods
        private let vault: Program
        private let archives = "/backups/archives"

        init() throws {
            pods = try Pods()
            vault = try pods.start("vaultd")
            let socket = pods.file("claims/vaultd-socket/socket/vaultd.sock")
            let (vault, isThere) = (vault, { access(socket, F_OK) == 0 })
            guard Waiting.until(.seconds(60), { isThere() || vault.ended != nil }), isThere()
            else { throw TestFailure("vaultd did not start: \(vault.errorText)") }
            let key = pods.file("secrets/vault-drill-key/drill.key")
            mkdir(pods.file("secrets/vault-drill-key"), 0o755)
            let made = try Program.run(
                try BuiltPrograms.path("vaultctl"), ["recovery-key", "generate", "--out", key])
            try ctl([
                "init", "--keyfile", "/var/lib/vaultd/key", "--recipient",
                String(made.outputText.prefix { !$0.isNewline }),
            ])
        }

        /// As the operator does, by `kubectl exec`.
        @discardableResult
        private func ctl(_ words: [String]) throws -> String {
            try pods.require("vaultd", vaultctl(words))
        }

        private func vaultctl(_ words: [String]) -> [String] {
            ["vaultctl", "--socket", "/run/vaultd/socket/vaultd.sock"] + words
        }

        private func allowBackups() throws {
            try ctl(["role", "add", "backup"])
            try ctl(["user", "add", "uid:10002"])
            try ctl(["user", "grant", "uid:10002", "backup"])
        }

        @Test func theJobsBackUpDrillPruneAndTellWhatIsOverdue() throws {
            let denied = try pods.run("vault-backup")
            #expect(denied.status == .exit(4), "\(denied)")
            try allowBackups()
            for _ in 0..<2 {
                let backup = try pods.run("vault-backup")
                #expect(backup.status == .exit(0), "\(backup)")
                usleep(1_100_000)
            }
            // No drill was held yet: nothing is pruned, and that is no failure.
            let early = try pods.run("vault-prune")
            #expect(early.status == .exit(0), "\(early)")
            let stale = try pods.run("vault-freshness")
            #expect(stale.status == .exit(25), "\(stale)")
            #expect(stale.outputText.contains("there is no ledger"), "\(stale)")
            let scrub = try pods.run("vault-scrub")
            #expect(scrub.status == .exit(0), "\(scrub)")
            #expect(scrub.outputText.contains("archives read"), "\(scrub)")
            for job in ["vault-drill", "vault-drill-oldest"] {
                let drill = try pods.run(job)
                #expect(drill.status == .exit(0), "\(job): \(drill)")
            }
            let unproven = try pods.run("vault-freshness")
            #expect(unproven.status == .exit(25), "\(unproven)")
            #expect(unproven.outputText.contains("the offline key was never proven"))
            #expect(!unproven.outputText.contains("no good"), "\(unproven)")
            try holdCeremony()
            let fresh = try pods.run("vault-freshness")
            #expect(fresh.status == .exit(0), "\(fresh)")
            let prune = try pods.run("vault-prune")
            #expect(prune.status == .exit(0), "\(prune)")
            let noted = try Files.text(pods.file("claims/vault-prune/drills.jsonl"))
            #expect(noted.contains("\"drills\":{\"schema\":\"vault.drill-head/1\",\"seq\":2,"))
        }

        /// On another machine; what it proves comes as a ConfigMap, without its key.
        private func holdCeremony() throws {
            let (media, given) = (pods.file("media"), pods.file("configMaps/vault-ceremonies"))
            let result = try Program.run(
                try BuiltPrograms.path("vaultctl"),
                [
                    "drill", "ceremony", "--backups", pods.file("claims/vault-backups/archives"),
                    "--keyfile", try ownKey(), "--ledger", media,
                ],
                environment: ["TMPDIR": "/tmp"], input: Array("Ada\nno\n".utf8),
                timeout: .seconds(120))
            #expect(result.status == .exit(0), "\(result)")
            mkdir(given, 0o755)
            for name in ["drills.jsonl", "drills.jsonl.head", "ledger.pub"] {
                try Files.write(Files.read("\(media)/\(name)"), to: "\(given)/\(name)")
            }
        }

        /// A copy that is root's, as on the other machine.
        private func ownKey() throws -> String {
            let path = pods.file("offline.key")
            try Files.write(Files.read(pods.file("claims/vaultd-state/key")), to: path)
            chmod(path, 0o600)
            return path
        }

        @Test func anArchiveThatIsDamagedFailsTheJobThatReadsIt() throws {
            try allowBackups()
            #expect(try pods.run("vault-backup").status == .exit(0))
            let all = [
                "env", "VAULT_SCRUB_DAYS=1", "/usr/local/lib/vaultd/vault-scrub", archives,
                "/scrub",
            ]
            let good = try pods.run("vault-scrub", all)
            #expect(good.outputText.contains("vault-scrub: 1 archives read"), "\(good)")
            let name = try #require(try names().first)
            // Whoever makes archives can spoil them.
            let spoil = "printf spoilt | dd of=\(archives)/\(name) conv=notrunc bs=1 seek=2000"
            _ = try pods.require("vault-backup", ["sh", "-c", spoil])
            let yesterday = pods.file("claims/vault-scrub/last")
            unlink(yesterday)
            let bad = try pods.run("vault-scrub", all)
            #expect(bad.status == .exit(13), "\(bad)")
            #expect(access(yesterday, F_OK) != 0, "a day that failed stays due")
        }

        /// The volume of the vault is lost, and the job that waits for that day is let go.
        @Test func theVaultIsRestoredIntoANewVolume() throws {
            try allowBackups()
            #expect(try pods.run("vault-backup").status == .exit(0))
            _ = try vault.stop(SIGKILL)
            _ = try Program.run("rm", ["-rf", pods.file("claims/vaultd-state")])
            mkdir(pods.file("secrets/vault-restore-key"), 0o755)
            try Files.write(
                Files.read(pods.file("secrets/vault-drill-key/drill.key")),
                to: pods.file("secrets/vault-restore-key/recovery.key"))
            let restored = try pods.run("vault-restore")
            #expect(restored.status == .exit(0), "\(restored)")
            #expect(restored.outputText.contains("timeline   2"), "\(restored)")
            // fsGroup hands its group down.
            #expect(Files.mode(pods.file("claims/vaultd-state/data")) == 0o2700)
            let again = try pods.run("vault-restore")
            #expect(again.status == .exit(21), "\(again)")
        }

        /// What the probes ask.
        @Test func aSealedVaultIsAliveAndNotReady() throws {
            #expect(try pods.run("vaultd", vaultctl(["status"])).status == .exit(0))
            try ctl(["seal"])
            #expect(try pods.run("vaultd", vaultctl(["status"])).status == .exit(5))
            #expect(try pods.run("vaultd", vaultctl(["status", "--live"])).status == .exit(0))
        }

        /// Archives of one user, removed by another, who may not touch what says which may go.
        @Test func whoPrunesRemovesWhatAnotherMadeAndADrillHasReplaced() throws {
            try allowBackups()
            let full = ["backup", "create", "--directory", archives, "--full-every", "1"]
            // The pod's own run makes the directory.
            #expect(try pods.run("vault-backup").status == .exit(0))
            for _ in 0..<2 {
                usleep(1_100_000)
                _ = try pods.require("vault-backup", vaultctl(full))
            }
            usleep(2_000_000)
            let prune = [
                "vaultctl", "backup", "prune", archives, "--keep-within", "1s", "--minimum", "1",
                "--grace", "0s", "--ledger=/prunes", "--drill-ledger=/ledger",
            ]
            for _ in 0..<2 { _ = try pods.require("vault-prune", prune) }
            #expect(try names().count == 3, "nothing goes before a drill has passed")
            #expect(try pods.run("vault-drill").status == .exit(0))
            for _ in 0..<2 { _ = try pods.require("vault-prune", prune) }
            #expect(try names().count == 1)
        }

        private func names() throws -> [String] {
            try Files.names(in: pods.file("claims/vault-backups/archives"))
                .filter { $0.hasSuffix(".vab") }
        }

        @Test func nobodyDoesAnothersDuty() throws {
            try allowBackups()
            #expect(try pods.run("vault-backup").status == .exit(0))
            #expect(try pods.run("vault-drill").status == .exit(0))
            let name = try #require(try names().first)
            let archive = "\(archives)/\(name)"
            #expect(Files.mode(pods.file("claims/vault-backups/archives/\(name)")) == 0o640)
            let may = [
                ("vault-backup", ["cat", archive]), ("vault-prune", ["cat", archive]),
                ("vault-freshness", ["cat", archive]), ("vault-drill", ["cat", archive]),
                ("vault-scrub", ["cat", archive]),
                ("vault-prune", ["cat", "/ledger/drills.jsonl"]),
                ("vault-drill", ["cat", "/keys/drill.key"]),
            ]
            for (pod, command) in may { _ = try pods.require(pod, command) }
            let mayNot = [
                ("vault-backup", ["chmod", "777", archives]),
                ("vault-backup", ["mv", archives, "/backups/other"]),
                ("vault-backup", ["ls", "/ledger"]), ("vault-backup", ["ls", "/var/lib/vaultd"]),
                ("vault-prune", ["sh", "-c", "echo >>\(archive)"]),
                ("vault-prune", ["cat", "/ledger/ledger.key"]),
                ("vault-prune", ["touch", "/ledger/new"]),
                ("vault-prune", ["ls", "/run/vaultd"]), ("vault-prune", ["ls", "/keys"]),
                ("vault-drill", ["touch", "\(archives)/new"]), ("vault-drill", ["rm", archive]),
                ("vault-drill", ["ls", "/run/vaultd"]), ("vault-drill", ["touch", "/new"]),
                ("vault-freshness", ["rm", archive]), ("vault-scrub", ["rm", archive]),
                ("vault-scrub", ["ls", "/keys"]), ("vault-scrub", ["ls", "/ledger"]),
                ("vault-freshness", ["touch", "/ledger/new"]),
                ("vault-freshness", ["ls", "/keys"]), ("vault-freshness", ["ls", "/run/vaultd"]),
            ]
            for (pod, command) in mayNot {
                #expect(try pods.run(pod, command).status != .exit(0), "\(pod): \(command)")
            }
        }
    }
}
