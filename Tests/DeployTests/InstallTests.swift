import Glibc
import Testing
import VaultTestSupport

extension DeployTests {
    /// `make install` and `make uninstall`.
    @Suite struct Install {
        @Test func whatIsInstalledRuns() throws {
            let tree = try InstalledTree()
            for program in ["vaultd", "vaultctl"] {
                let result = try Program.run("\(tree.root)/usr/local/bin/\(program)", ["--version"])
                #expect(result.status == .exit(0), "\(result)")
            }
            let completion = "/usr/local/share/bash-completion/completions/vaultctl"
            let check = try Program.run("bash", ["-n", tree.root + completion])
            #expect(check.status == .exit(0), "\(check)")
        }

        /// Nobody who can write somewhere in a program's memory changes what it calls.
        @Test func whatTheLoaderResolvedIsReadOnly() throws {
            for program in ["vaultd", "vaultctl"] {
                let path = try BuiltPrograms.path(program)
                let entries = try Program.run("readelf", ["-dW", path]).outputText
                #expect(entries.contains("BIND_NOW") && entries.contains("PIE"), "\(program)")
                let segments = try Program.run("readelf", ["-lW", path]).outputText
                #expect(segments.contains("GNU_RELRO"), "\(program)")
            }
        }

        @Test func whatIsReadInADisasterIsOnTheMachine() throws {
            let tree = try InstalledTree()
            for name in ["README", "SECURITY", "runbook", "formats", "etcd"] {
                #expect(tree.has("/usr/local/share/doc/vaultd/\(name).md"), "\(name)")
            }
        }

        @Test func aChangedConfigurationStaysAndTheRestGoes() throws {
            let tree = try InstalledTree()
            let configuration = "\(tree.root)/etc/vaultd/vaultd.yaml"
            try Files.write("log_level: debug\n", to: configuration)
            try tree.make("install")
            #expect(try Files.text(configuration) == "log_level: debug\n")
            try tree.make("uninstall")
            #expect(try Files.allFiles(below: tree.root) == [configuration])
        }

        /// Every path of ours that a unit names is installed, or made by systemd-tmpfiles or by
        /// the unit itself.
        @Test(arguments: ["/usr", "/usr/local"])
        func everyPathOfTheUnitsIsThere(_ prefix: String) throws {
            let tree = try InstalledTree(prefix: prefix)
            let made = try paths(
                in: Files.text("\(tree.root)\(prefix)/lib/tmpfiles.d/vaultd.conf"))
            // What an administrator brings, and what runs of the units leave there.
            let brought = ["/etc/vaultd/drill.key", "/etc/vaultd/drill.key.cred"]
            let left = ["metrics", "drill", "prune"].map { "/var/lib/vault-\($0)/" }
            var count = 0
            for unit in try tree.units {
                for path in try paths(in: tree.unit(unit)) {
                    count += 1
                    let isThere =
                        tree.has(path) || made.contains(path) || brought.contains(path)
                        || path == "/run/vaultd/vaultd.sock" || left.contains(where: path.hasPrefix)
                    #expect(isThere, "\(unit) names \(path)")
                }
            }
            #expect(count > 40)
        }

        private func paths(in text: String) -> Set<String> {
            let words = text.split { " \n=:\"\\".contains($0) }
            return Set(
                words.map(String.init).map { word in
                    // "-" is a path that may be missing, "%" one that systemd makes.
                    guard let slash = word.firstIndex(of: "/"), !word.hasPrefix("%") else {
                        return ""
                    }
                    return String(word[slash...])
                }.filter { $0.hasPrefix("/") && $0.contains("vault") })
        }
    }
}
