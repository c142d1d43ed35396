import Glibc
import Testing
import VaultTestSupport

extension DeployTests {
    /// The units, as systemd-analyze reads them.
    @Suite struct UnitFiles {
        /// Tenths of systemd's exposure that a service may have. Hooks may use the network.
        private static let exposureMax = [
            "vaultd.service": 10, "vault-alert@.service": 15, "vault-heartbeat.service": 15,
        ]
        private let tree: InstalledTree

        init() throws { tree = try InstalledTree() }

        private func analyze(_ arguments: [String]) throws -> ProgramResult {
            try Program.run(
                try BuiltPrograms.system("systemd-analyze", package: "systemd"), arguments)
        }

        /// systemd's figure (0 to 10), and how many of its checks are not met.
        private func exposure(
            _ text: String, name: String
        ) throws -> (exposure: Double, gaps: Int) {
            let directory = try TemporaryDirectory()
            try Files.write(text, to: directory.file(name))
            let result = try analyze(["security", "--offline=true", directory.file(name)])
            let line = result.outputText.split(separator: "\n").last ?? ""
            let number = line.split(separator: " ").compactMap { Double($0) }.last
            let gaps = result.outputText.split(separator: "\n").count { $0.contains("✗") }
            return (try #require(number, "\(result)"), gaps)
        }

        @Test func systemdUnderstandsEveryLine() throws {
            // Beside systemd's own, which ours name.
            let copied = try Program.run(
                "cp", ["-an", "/usr/lib/systemd/system/.", tree.unitDirectory])
            #expect(copied.status == .exit(0), "\(copied)")
            let names = try Files.names(in: "\(SourceTree.root)/deploy/systemd").filter {
                [".service", ".socket", ".timer"].contains(where: $0.hasSuffix)
            }
            #expect(names.count == 17)
            for name in names {
                let unit = name.replacing("@.", with: "@vaultd.service.")
                let result = try analyze(["verify", "--root=\(tree.root)", unit])
                #expect(result.status == .exit(0), "\(unit): \(result)")
                // Lines that are not understood are only told.
                #expect(result.errorText.isEmpty, "\(unit): \(result)")
            }
            try Files.write("[Service]\nExecStart=/bin/true\nNoSuch=1\n", to: broken)
            #expect(try !analyze(["verify", broken]).errorText.isEmpty)
        }

        private var broken: String { "\(tree.root)/broken.service" }

        @Test func everyServiceIsHardened() throws {
            for name in try tree.units where name.hasSuffix(".service") {
                let maximum = Double(Self.exposureMax[name] ?? 10) / 10
                let (exposure, _) = try exposure(tree.unit(name), name: name)
                print("\(name): \(exposure)")
                #expect(exposure <= maximum, "\(name)")
            }
        }

        @Test(arguments: [
            "NoNewPrivileges=", "CapabilityBoundingSet=", "ProtectSystem=", "ProtectHome=",
            "PrivateTmp=", "PrivateDevices=", "PrivateNetwork=", "ProtectKernelTunables=",
            "RestrictAddressFamilies=", "RestrictNamespaces=", "MemoryDenyWriteExecute=",
            "SystemCallFilter=", "SystemCallArchitectures=", "User=", "UMask=",
        ])
        func hardeningThatIsLeftOutIsNoticed(_ setting: String) throws {
            let text = try tree.unit("vaultd.service")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let less = lines.filter { !$0.hasPrefix(setting) }
            try #require(less.count < lines.count)
            let before = try exposure(text, name: "vaultd.service")
            let after = try exposure(less.joined(separator: "\n"), name: "vaultd.service")
            // Some are worth less than the tenth that is shown.
            #expect(after.exposure >= before.exposure)
            #expect(after.gaps > before.gaps, "\(setting) is worth nothing")
        }

        /// The drill says how often it comes, and its timer agrees; prunes go by age.
        @Test func theCommandLinesSayWhatTheTimersDo() throws {
            let drill = try tree.unit("vault-drill.service")
            #expect(drill.contains(" --trigger timer --every 7d "))
            #expect(try tree.unit("vault-drill.timer").contains("\nOnCalendar=Sun "))
            let oldest = try tree.unit("vault-drill-oldest.service")
            #expect(oldest.contains(" --level D4 "))
            #expect(oldest.contains(" --trigger timer --every 31d "))
            let timer = try tree.unit("vault-drill-oldest.timer")
            #expect(timer.contains("\nOnCalendar=*-*-03 22:30:00\n"))
            let freshness = try tree.unit("vault-freshness.service")
            for age in ["backup-age 26h", "drill-age 8d", "go-back-age 35d", "key-age 100d"] {
                #expect(freshness.contains(" --\(age) "), "\(age)")
            }
            let jobs = try Files.text("\(SourceTree.root)/deploy/kubernetes/jobs.yaml")
            #expect(jobs.contains("- --trigger=timer\n") && jobs.contains("- --every=7d\n"))
            #expect(jobs.contains("schedule: \"30 4 * * 0\""))
            #expect(jobs.contains("- --level=D4\n") && jobs.contains("- --every=31d\n"))
            #expect(jobs.contains("schedule: \"30 22 3 * *\""))
            let prune = try tree.unit("vault-prune.service").split { " \n".contains($0) }
            let rules = prune.filter { $0.hasPrefix("--keep") || $0.hasPrefix("--minimum") }
            #expect(rules.count >= 3 && rules.allSatisfy { $0.hasPrefix("--keep-within") })
        }

        /// The same rules, ages and times in Kubernetes.
        @Test func theManifestsSayWhatTheUnitsDo() throws {
            for (job, timer, schedule) in [
                ("freshness", "*-*-* *:40:00", "40 * * * *"),
                ("prune", "*-*-* 02:30:00", "30 2 * * *"),
            ] {
                let text = try Files.text("\(SourceTree.root)/deploy/kubernetes/\(job).yaml")
                #expect(try tree.unit("vault-\(job).timer").contains("\nOnCalendar=\(timer)\n"))
                #expect(text.contains("\n  schedule: \"\(schedule)\"\n"))
                let unit = try tree.unit("vault-\(job).service").replacing("\\\n", with: " ")
                let command = unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }
                let words = try #require(command).split(separator: " ")
                let options = zip(words, words.dropFirst()).filter {
                    $0.0.hasPrefix("--keep") || $0.0.hasSuffix("-age")
                }.map { "                - \($0.0)=\($0.1)" }
                #expect(options.count == 4)
                let given = text.split(separator: "\n").filter {
                    $0.contains("- --keep") || $0.contains("-age=")
                }
                #expect(given.map(String.init) == options)
            }
        }

        /// The score would rise; who is asking would be lost.
        @Test func nothingHidesTheCallersFromTheVault() throws {
            let text = try tree.unit("vaultd.service")
            for line in text.split(separator: "\n") {
                for setting in ["PrivateUsers=", "ProtectProc=", "ProcSubset=", "PrivatePIDs="] {
                    #expect(!line.hasPrefix(setting), "\(line)")
                }
            }
        }

        @Test func everyRunThatFailsRaisesTheAlarmAndNoneGoesOnForEver() throws {
            for name in try tree.units where name.hasSuffix(".service") {
                let text = try tree.unit(name)
                #expect(text.contains("\nTimeoutStartSec="), "\(name)")
                // The alarm does not raise itself; a hook that failed is in its log.
                if name == "vault-alert@.service" || name == "vault-heartbeat.service" { continue }
                #expect(text.contains("\nOnFailure=vault-alert@%n.service"), "\(name)")
            }
            for name in try tree.units where name.hasSuffix(".timer") {
                let text = try tree.unit(name)
                for setting in ["OnCalendar=", "Persistent=true", "RandomizedDelaySec="] {
                    #expect(text.contains("\n\(setting)"), "\(name)")
                }
            }
        }
    }
}
