import Glibc
import VaultTestSupport

/// What `make install` makes of the built programs, in a directory of its own.
final class InstalledTree: Sendable {
    /// `DESTDIR`.
    let root: String
    let prefix: String
    private let directory: TemporaryDirectory

    init(prefix: String = "/usr/local") throws {
        directory = try TemporaryDirectory()
        root = directory.file("root")
        self.prefix = prefix
        try make("install")
    }

    func make(_ verb: String) throws {
        let result = try Program.run(
            "make",
            [
                "-s", "-C", SourceTree.root, verb, "DESTDIR=\(root)", "PREFIX=\(prefix)",
                "RELEASE=\(try BuiltPrograms.directory())",
            ])
        guard result.status == .exit(0) else { throw TestFailure("make \(verb): \(result)") }
    }

    /// Absolute on the machine that it is installed on.
    func has(_ path: String) -> Bool {
        // Links are relative, so that they lead somewhere here as well.
        access(root + path, F_OK) == 0
    }

    var unitDirectory: String { "\(root)\(prefix)/lib/systemd/system" }

    var units: [String] {
        get throws { try Files.names(in: unitDirectory).filter { !$0.hasSuffix(".d") } }
    }

    func unit(_ name: String) throws -> String { try Files.text("\(unitDirectory)/\(name)") }
}
