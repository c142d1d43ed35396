import Testing
import VaultTestSupport

extension DeployTests {
    /// The installed units under a real systemd: whether the hardening lets them work, and holds.
    @Suite(.enabled(if: SmallMachine.obstacle == nil, "\(SmallMachine.obstacle ?? "")"))
    struct Services {
        private let machine: SmallMachine
        private let archives = "/var/lib/vault-backups/archives"

        init() throws { machine = try SmallMachine(try InstalledTree()) }

        @discardableResult
        private func run(_ script: String) throws -> String {
            let result = try machine.run("set -e; " + script)
            try #require(result.status == .exit(0), "\(script): \(result)")
            return result.outputText
        }

        /// A vault that opens itself at start, by the way that vaultd-keyfile.conf shows.
        private func startVault() throws {
            try run(
                """
                head -c 32 /dev/urandom >/etc/vaultd/vaultd.key
                chmod 600 /etc/vaultd/vaultd.key
                systemctl start vaultd.socket
                vaultctl recovery-key generate --out /etc/vaultd/drill.key >/tmp/public
                vaultctl init --keyfile /etc/vaultd/vaultd.key --recipient "$(cat /tmp/public)"
                mkdir -p /etc/systemd/system/vaultd.service.d
                cp /usr/local/share/doc/vaultd/vaultd-keyfile.conf \
                    /etc/systemd/system/vaultd.service.d/keyfile.conf
                systemctl daemon-reload
                systemctl restart vaultd.service
                """)
        }

        /// A drop-in that has a service run something else.
        private func replace(_ service: String, with command: String) throws {
            let directory = "/etc/systemd/system/\(service).service.d"
            try run(
                """
                mkdir -p \(directory)
                printf '[Service]\\nExecStart=\\nExecStart=\(command)\\n' >\(directory)/test.conf
                systemctl daemon-reload
                """)
        }

        @Test func theVaultOpensItselfAndDoctorHasNothingToSay() throws {
            try startVault()
            try run("printf s3cret | vaultctl put app/a; test \"$(vaultctl get app/a)\" = s3cret")
            let report = try machine.run(
                "vaultctl doctor -o json --data-dir /var/lib/vaultd | tr '{' '\\n'")
            let findings = report.outputText.split(separator: "\n")
            for id in [
                "user", "core-limit", "capabilities", "new-privileges", "seccomp", "unit",
                "confinement", "locked-memory", "dumpable", "socket", "socket-directory", "swap",
                "data-directory", "data-files",
            ] {
                let finding = findings.first { $0.contains("\"id\":\"\(id)\"") } ?? ""
                #expect(finding.contains("\"severity\":\"ok\""), "\(id): \(report)")
            }
            #expect(report.status == .exit(0), "\(report)")
        }

        /// What PrivateUsers= or ProtectProc= in the unit would break.
        @Test func theVaultKnowsServicesAndUsersUnderItsHardening() throws {
            try startVault()
            try run(
                """
                printf s3cret | vaultctl put app/a
                vaultctl allow unit:web.service get app/a
                """)
            let call = "systemd-run -q --wait --pipe -p User=vault-backup"
            #expect(
                try run("\(call) --unit=web /usr/local/bin/vaultctl get app/a") == "s3cret\n")
            let other = try machine.run("\(call) --unit=other /usr/local/bin/vaultctl get app/a")
            #expect(other.status == .exit(4), "\(other)")
            // In no group that may connect.
            let stranger = try machine.run(
                "systemd-run -q --wait --pipe -p User=vault-drill /usr/local/bin/vaultctl whoami")
            #expect(stranger.status != .exit(0), "\(stranger)")
        }

        @Test func aDrillThatWasNotRunRaisesTheAlarm() throws {
            try run(
                """
                printf '#!/bin/sh\\necho "paged about $1"\\n' >/etc/vaultd/alert.d/page
                cp /etc/vaultd/alert.d/page /etc/vaultd/heartbeat.d/beat
                chmod 755 /etc/vaultd/alert.d/page /etc/vaultd/heartbeat.d/beat
                """)
            // What `vaultctl drill status` exits with when something is overdue.
            try replace("vault-freshness", with: "/bin/sh -c \"exit 25\"")
            #expect(try machine.run("systemctl start vault-freshness").status != .exit(0))
            #expect(try isLogged("paged about vault-freshness.service"))
            let alarms = try run("journalctl --no-pager -o cat -p alert")
            #expect(alarms.contains("vault-freshness.service failed"), "\(alarms)")
            #expect(!alarms.contains("fresh\n"))
            try replace("vault-freshness", with: "/bin/true")
            try run("systemctl start vault-freshness")
            #expect(try isLogged("paged about fresh"))
        }

        /// The commands of deploy/README.md that give `vault-backup` its role, as it has them.
        private func roleCommands() throws -> [String] {
            try Files.text("\(SourceTree.root)/deploy/README.md").split(separator: "\n")
                .filter {
                    $0.hasPrefix("    sudo vaultctl role ")
                        || $0.hasPrefix("    sudo vaultctl user ")
                }
                .map { String($0.dropFirst("    sudo ".count)) }
        }

        /// As an operator has it: every unit with its own command line, under its hardening.
        @Test func theUnitsBackUpDrillAndPrune() throws {
            try startVault()
            try run("printf s3cret | vaultctl put app/a")
            #expect(try machine.run("systemctl start vault-backup").status != .exit(0))
            let commands = try roleCommands()
            #expect(commands.count == 3)
            try run(commands.joined(separator: "\n"))
            try run("systemctl start vault-backup")
            let count = try run("ls \(archives) | wc -l")
            #expect(count == "1\n")
            // Nothing was drilled yet.
            #expect(try machine.run("systemctl start vault-freshness").status != .exit(0))
            #expect(try run("ls -A /var/lib/vault-drill/ledger").isEmpty)
            let drill = try machine.run(
                "systemctl start vault-drill || journalctl --no-pager -o cat -u vault-drill")
            let ledger = try run("cat /var/lib/vault-drill/ledger/drills.jsonl")
            #expect(ledger.contains("\"trigger\":\"timer\",\"every_s\":604800"), "\(drill)")
            #expect(ledger.contains("\"verdict\":\"pass\""), "\(drill)")
            // The oldest was never restored, and people have proven nothing.
            #expect(try overdue().contains("there is no good D4 drill"))
            try run("systemctl start vault-drill-oldest")
            let second = try run("tail -n 1 /var/lib/vault-drill/ledger/drills.jsonl")
            #expect(second.contains("\"level\":\"D4\"") && second.contains("\"every_s\":2678400"))
            #expect(second.contains("\"verdict\":\"pass\""), "\(second)")
            let unproven = "the offline key was never proven: hold 'vaultctl drill ceremony'"
            #expect(try overdue() == unproven)
            try holdCeremony()
            #expect(try overdue() == "")
            try run("systemctl start vault-freshness vault-prune")
            let prunes = try run("cat /var/lib/vault-prune/ledger/drills.jsonl")
            #expect(prunes.contains("\"drills\":{\"schema\":\"vault.drill-head/1\",\"seq\":2,"))
            #expect(try run("grep -c vault_drill /var/lib/vault-metrics/vault-drill.prom") != "0\n")
            // A collector of the group reads them, whoever wrote them.
            #expect(
                try run("cd /var/lib/vault-metrics; stat -c %n:%G:%a *.prom")
                    == ["backup", "drill", "prune"].map { "vault-\($0).prom:vault-metrics:640\n" }
                    .joined())
        }

        /// What the unit finds overdue, as it says it; fails to start exactly when there is any.
        private func overdue() throws -> String {
            let isFresh = try machine.run("systemctl start vault-freshness").status == .exit(0)
            let log = try run(
                """
                journalctl --sync
                journalctl --no-pager -o cat -u vault-freshness \\
                    _SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID vault-freshness)
                """)
            let lines = log.split(separator: "\n")
            guard let first = lines.firstIndex(where: { $0.hasPrefix("overdue  ") }) else {
                #expect(isFresh, "\(log)")
                return ""
            }
            #expect(!isFresh)
            return lines[first...].filter { $0.hasPrefix("overdue  ") || $0.hasPrefix("         ") }
                .map { $0.dropFirst(9) }.joined(separator: "\n")
        }

        /// By root, as if on another machine; the key file stands for the offline key.
        private func holdCeremony() throws {
            try run(
                """
                printf 'Ada\\nno\\n' | TMPDIR=/tmp vaultctl drill ceremony --backups \(archives) \\
                    --keyfile /etc/vaultd/vaultd.key --ledger /root/media
                cd /root/media
                install -m 644 drills.jsonl drills.jsonl.head ledger.pub /var/lib/vault-ceremonies
                """)
        }

        /// What the unit's archives bring back, and the one line that leaves the log out.
        @Test func archivesOfTheUnitHaveTheAuditLog() throws {
            try startVault()
            try run(try roleCommands().joined(separator: "\n"))
            try run("printf s3cret | vaultctl put app/a; systemctl start vault-backup; sleep 1.1")
            try run("vaultctl get app/a; systemctl start vault-backup")
            #expect(try formats() == ["2", "2"])
            let restored = try run(
                """
                vaultctl backup restore \(archives)/*.vab --data-dir /root/restored \\
                    --keyfile /etc/vaultd/vaultd.key
                cd /root/restored; grep -c '"method":"[a-zA-Z/.]*Put"' audit/audit.jsonl
                vaultctl audit verify audit/audit.jsonl --data-dir . \\
                    --keyfile /etc/vaultd/vaultd.key
                """)
            #expect(restored.contains("audit log  up to line"), "\(restored)")
            #expect(restored.contains("result  as vaultd wrote it"), "\(restored)")
            // Who makes the archives can read neither the log nor, without a key, what is in them.
            #expect(try !may("vault-backup", "cat /var/lib/vaultd/audit/audit.jsonl"))
            #expect(try !may("vault-backup", "vaultctl audit tail"))
            try run("systemctl start vault-drill")
            try run(
                """
                mkdir -p /etc/systemd/system/vault-backup.service.d
                printf '[Service]\\nEnvironment=VAULT_BACKUP_AUDIT=\\n' \\
                    >/etc/systemd/system/vault-backup.service.d/audit.conf
                systemctl daemon-reload; sleep 1.1; systemctl start vault-backup
                """)
            #expect(try formats().sorted() == ["1", "2", "2"])
        }

        private func formats() throws -> [String] {
            try run("for f in \(archives)/*.vab; do od -An -tu1 -j8 -N1 $f; done")
                .split { " \n".contains($0) }.map(String.init)
        }

        /// The prune of the unit, for archives that are seconds old.
        private func shortenPrune() throws {
            let text = try Files.text(
                "\(SourceTree.root)/deploy/systemd/vault-prune.service")
            let line = try #require(
                text.replacing("\\\n", with: " ").split(separator: "\n")
                    .first { $0.hasPrefix("ExecStart=") })
            var words = line.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
            while let rule = words.firstIndex(where: { $0.hasPrefix("--keep") }) {
                words.removeSubrange(rule...(rule + 1))
            }
            #expect(words.contains("--drill-ledger"))
            words[0] = "/usr/local/bin/vaultctl"
            words += ["--keep-within", "1s", "--minimum", "1", "--grace", "0s"]
            try replace("vault-prune", with: words.joined(separator: " "))
            // Handed over, and immutable no more.
            let keep = "/usr/local/lib/vaultd/vault-keep \(archives) vault-backup"
            try replace(
                "vault-keep", with: "/bin/sh -c \"\(keep); chattr -i \(archives)/* || true\"")
        }

        private func archiveNames() throws -> [String] {
            try run("cd \(archives); ls -I '*.prune'").split(separator: "\n").map(String.init)
        }

        /// A full one, and old enough to be pruned; nothing is immutable.
        private func addArchive() throws -> String {
            let before = try archiveNames()
            try run(
                """
                systemd-run -q --wait --pipe -p User=vault-backup /usr/local/bin/vaultctl \\
                    backup create --directory \(archives) --full-every 1
                sleep 2
                """)
            return try #require(try archiveNames().first { !before.contains($0) })
        }

        private func prune() throws -> ProgramResult {
            try machine.run("systemctl reset-failed 'vault-*'; systemctl start vault-prune")
        }

        /// By real users: one drills, another prunes, and a third may see nothing of it.
        @Test func pruningKeepsWhatWasDrilledLast() throws {
            try startVault()
            try run(try roleCommands().joined(separator: "\n"))
            try run("printf s3cret | vaultctl put app/name")
            try shortenPrune()
            var names = [try addArchive(), try addArchive()]
            // Before the first drill: marked, and never removed.
            for _ in 0..<2 { #expect(try prune().status == .exit(0)) }
            #expect(try archiveNames().sorted() == names.sorted())
            #expect(try isLogged("waits for a drill that passes: \(names[0])"))
            try run("systemctl start vault-drill")
            names.append(try addArchive())
            for _ in 0..<2 { #expect(try prune().status == .exit(0)) }
            #expect(try archiveNames().sorted() == names[1...].sorted(), "the drilled one stays")

            let ledger = "/var/lib/vault-drill/ledger"
            let lines = try run("cat \(ledger)/drills.jsonl")
            #expect(!lines.contains("app/name") && !lines.contains("s3cret"))
            #expect(
                try run("stat -c %U:%G:%a \(ledger)/drills.jsonl")
                    == "vault-drill:vault-ledger:640\n")
            for attack in [
                "echo x >>\(ledger)/drills.jsonl", "rm -f \(ledger)/drills.jsonl",
                "cat \(ledger)/ledger.key", "touch \(ledger)/new",
            ] { #expect(try !may("vault-prune", attack), "\(attack)") }
            #expect(try may("vault-prune", "cat \(ledger)/drills.jsonl"))
            for other in ["vault-backup", "vaultd"] {
                #expect(try !may(other, "cat \(ledger)/drills.jsonl"), "\(other)")
            }

            // A ledger that was there: gone, and then not for the group.
            try run("mv \(ledger)/drills.jsonl \(ledger)/drills.jsonl.head /root")
            #expect(try prune().status != .exit(0))
            #expect(try isLogged("is gone, and had 1 lines; put it back"))
            #expect(try isLogged("vault-prune.service failed"))
            try run("mv /root/drills.jsonl* \(ledger); chmod 600 \(ledger)/drills.jsonl")
            #expect(try prune().status != .exit(0))
            try run("systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/vaultd.conf")
            #expect(try prune().status == .exit(0))
            #expect(try archiveNames().sorted() == names[1...].sorted())
        }

        private func isLogged(_ text: String) throws -> Bool {
            try Waiting.until(.seconds(30)) {
                try run("journalctl --no-pager -o cat -u 'vault-*'").contains(text)
            }
        }

        private func may(_ user: String, _ command: String) throws -> Bool {
            try machine.run(
                "systemd-run -q --wait --pipe -p User=\(user) /bin/sh -c '\(command)'"
            ).status == .exit(0)
        }

        @Test func whoAddsBackupsNeitherChangesNorRemovesThem() throws {
            try replace(
                "vault-backup", with: "/bin/sh -c \"umask 077; echo sealed >\(archives)/one\"")
            try run("systemctl start vaultd.socket vault-backup")
            let isKept = try Waiting.until(.seconds(30)) {
                try run("stat -c %U:%G:%a \(archives)/one") == "vault-prune:vault-backups:440\n"
            }
            #expect(isKept)
            // Immutability comes right after.
            try run("systemctl start vault-keep")
            let one = "\(archives)/one"
            for attack in [
                "rm -f \(one)", "echo x >>\(one)", "mv \(one) \(one)2", "chmod 666 \(one)",
            ] {
                #expect(try !may("vault-backup", attack), "\(attack)")
                #expect(try !may("vaultd", attack), "\(attack)")
                #expect(try !may("vault-drill", attack), "\(attack)")
            }
            #expect(try may("vault-drill", "cat \(one)"))
            #expect(try !may("vaultd", "ls \(archives)"))
            let probe = "\(archives)/probe"
            guard try machine.run("touch \(probe); chattr +i \(probe)").status == .exit(0) else {
                return print("not immutable: this file system cannot")
            }
            try run("chattr -i \(probe); rm \(probe)")
            #expect(try !may("vault-prune", "rm -f \(one)"))
            // Its time is up: the one who prunes may remove it, the one who adds still may not.
            try run("chattr -i \(one); touch -d '3 days ago' \(one); chattr +i \(one)")
            try run("systemctl start vault-keep")
            #expect(try !may("vault-backup", "rm -f \(one)"))
            #expect(try may("vault-prune", "rm \(one)"))
        }

        @Test func theTimersAreAccepted() throws {
            let timers = ["backup", "prune", "scrub", "drill", "drill-oldest", "freshness"].map {
                "vault-\($0).timer"
            }
            try run("systemctl enable --now \(timers.joined(separator: " "))")
            let list = try run("systemctl list-timers --no-pager 'vault-*'")
            for timer in timers { #expect(list.contains(timer), "\(list)") }
        }
    }
}
