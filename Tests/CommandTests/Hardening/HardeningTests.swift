import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// What the kernel says of a running vaultd.
    @Suite struct Hardening {
        private func field(_ name: String, of program: Program) throws -> String? {
            let text = try Files.text("/proc/\(program.processID)/status")
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line.map { String($0.dropFirst(name.count + 1).drop { $0 == "\t" }) }
        }

        @Test func aRunningServerGainsNoPrivilegesAndIsPrivate() throws {
            let server = try VaultdServer.dev()
            #expect(try field("NoNewPrivs", of: server.program) == "1")
            #expect(try field("Umask", of: server.program) == "0077")
            let limits = try Files.text("/proc/\(server.program.processID)/limits")
            let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(core?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"], "\(limits)")
            try server.stop()
        }

        /// What is open above the standard streams goes to no program that is started.
        @Test func everyDescriptorClosesOnExec() throws {
            // Inherited from a careless parent: the shell keeps 7 open.
            let directory = try TemporaryDirectory()
            try Files.write("", to: directory.file("inherited"))
            let server = try VaultdServer(
                ["--dev"], directory: directory,
                prefix: [
                    "sh", "-c", "exec 7<\"$0\"; exec \"$@\"", directory.file("inherited"),
                ])
            let connection = try UnixSocket(connectingTo: server.socketPath)
            defer { _ = connection }
            let path = "/proc/\(server.program.processID)/fdinfo"
            let descriptors = try Files.names(in: path).compactMap { Int($0) }.filter { $0 > 2 }
            #expect(descriptors.contains(7))
            #expect(descriptors.count > 5)
            // A connection is marked right after it was accepted.
            let isMarked = Waiting.until(.seconds(60)) {
                descriptors.allSatisfy { descriptor in
                    // What was closed meanwhile is no matter.
                    guard let text = try? Files.text("\(path)/\(descriptor)") else { return true }
                    let flags = text.split(separator: "\n").first { $0.hasPrefix("flags:") }
                    let value = flags.flatMap { Int($0.dropFirst(6).drop { $0 == "\t" }, radix: 8) }
                    return (value ?? 0) & Int(O_CLOEXEC) != 0
                }
            }
            #expect(isMarked)
            try server.stop()
        }

        @Test func aConfigurationThatOthersMayChangeIsRefused() throws {
            let directory = try TemporaryDirectory()
            try Files.write("log_level: info\n", to: directory.file("c"))
            chmod(directory.file("c"), 0o666)
            let result = try Program.run(
                try BuiltPrograms.path("vaultd"), ["--dev", "--config", directory.file("c")])
            #expect(result.status == .exit(2))
            #expect(result.errorText.contains("chmod go-w"), "\(result)")
        }

        /// Root may open everything, so that only the confinement can refuse what stands in the
        /// place of the data directory later: the rules are about directories, not their names.
        @Test func aRunningServerReadsNothingButItsOwnDirectories() throws {
            let home = try TemporaryDirectory()
            let data = home.file("data")
            try Files.write([UInt8](repeating: 7, count: 32), to: home.file("key"))
            let server = try VaultdServer(dataDirectory: data)
            func vaultctl(_ arguments: String...) throws -> ProgramResult {
                try Program.run(
                    try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath] + arguments)
            }
            #expect(try vaultctl("init", "--keyfile", home.file("key")).status == .exit(0))
            #expect(try vaultctl("seal").status == .exit(0))
            #expect(try vaultctl("unseal", "--keyfile", home.file("key")).status == .exit(0))
            #expect(try vaultctl("seal").status == .exit(0))
            let copy = "mv \(data) \(data).old && cp -a \(data).old \(data)"
            #expect(try Program.run("sh", ["-c", copy]).status == .exit(0))
            let refused = try vaultctl("unseal", "--keyfile", home.file("key"))
            let report = try vaultctl("doctor", "-o", "json").outputText
            if report.contains(#"{"id":"confinement","severity":"ok""#) {
                #expect(refused.status != .exit(0), "\(refused)")
                #expect(refused.errorText.contains("ermission denied"), "\(refused)")
            } else {
                print("not confined: this kernel has no Landlock")
            }
            let back = "rm -r \(data) && mv \(data).old \(data)"
            #expect(try Program.run("sh", ["-c", back]).status == .exit(0))
            #expect(try vaultctl("unseal", "--keyfile", home.file("key")).status == .exit(0))
            try server.stop()
        }
    }
}
