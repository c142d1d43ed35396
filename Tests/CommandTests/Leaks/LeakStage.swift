import Glibc
import VaultTestSupport

/// A server that logs all it can, and a shell with both clients beside it. What clients are given
/// lies in a directory that the server knows nothing of.
final class LeakStage {
    let marks: LeakMarks
    let server: VaultdServer
    private let home: TemporaryDirectory
    private let inputs: TemporaryDirectory
    /// What the programs wrote to standard error, a line of shell each.
    private(set) var errors: [(line: String, text: [UInt8])] = []

    var dataDirectory: String { home.file("data") }

    init(_ marks: LeakMarks) throws {
        self.marks = marks
        home = try TemporaryDirectory()
        inputs = try TemporaryDirectory()
        for (name, text) in [
            ("value", marks.value), ("password", marks.password + "\n"),
            ("wrong-password", marks.wrongPassword), ("passphrase", marks.passphrase + "\n"),
            ("wrong-passphrase", marks.wrongPassphrase + "\n"), ("keyfile", marks.keyfile),
            ("wrong-keyfile", marks.wrongKeyfile),
            ("large", marks.value + String(repeating: "x", count: 2_000_000)),
        ] {
            try Files.write(text, to: inputs.file(name))
        }
        try Files.write("log_level: trace\n", to: home.file("vaultd.yaml"))
        server = try VaultdServer(
            ["--data-dir", home.file("data"), "--config", home.file("vaultd.yaml")],
            directory: home)
    }

    /// Runs a line of shell. What it comes to is not judged: many must fail.
    @discardableResult
    func run(_ line: String) throws -> ProgramResult {
        let programs = try BuiltPrograms.directory()
        let result = try Program.run(
            "/bin/sh", ["-c", line],
            environment: [
                "ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": server.endpoint,
                "VAULTD_SOCKET": server.socketPath, "HOME": inputs.path, "LC_ALL": "C.UTF-8",
                "PATH": "\(programs):/usr/bin:/bin", "K": marks.key, "V": marks.value,
                "P": marks.password, "W": marks.wrongPassword,
            ], workingDirectory: inputs.path, timeout: .seconds(120))
        errors.append((line, result.errors))
        return result
    }

    /// Every place of the server in which a mark could be.
    func places() throws -> [LeakPlace] {
        let program = server.program
        var places = try LeakPlace.files(below: home.path)
        places.append(try LeakPlace(file: program.outputPath))
        places.append(try LeakPlace(file: program.errorPath))
        if program.ended == nil { places += try LeakPlace.process(program.processID) }
        return places
    }
}
