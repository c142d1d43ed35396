/// A data directory that `vaultctl init` filled, with the key file and the passphrase that open it.
public final class InitialisedVault: Sendable {
    /// The directory that everything below lies in.
    public let directory: TemporaryDirectory
    /// What `--data-dir` takes.
    public var dataDirectory: String { directory.file("data") }
    /// What `--keyfile` takes: 32 raw bytes.
    public var keyfile: String { directory.file("key") }
    /// A file whose first line is the passphrase.
    public var passphraseFile: String { directory.file("passphrase") }

    /// Initialises a vault. Hashing a passphrase takes a second; tests that need none leave it out.
    public init(withPassphrase: Bool = false) throws {
        directory = try TemporaryDirectory()
        var random = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        try Files.write(key, to: keyfile)
        try Files.write("correct horse battery staple\n", to: passphraseFile)
        let server = try VaultdServer(dataDirectory: dataDirectory)
        var arguments = ["--socket", server.socketPath, "init", "--keyfile", keyfile]
        if withPassphrase { arguments += ["--passphrase-file", passphraseFile] }
        let result = try Program.run(try BuiltPrograms.path("vaultctl"), arguments)
        guard result.status == .exit(0) else {
            throw TestFailure("vaultctl init failed: \(result)")
        }
        try server.stop()
    }

    /// Serves the vault, unsealed by its key file.
    public func start() throws -> VaultdServer {
        try VaultdServer(dataDirectory: dataDirectory, keyfile: keyfile)
    }

    /// Serves the vault sealed.
    public func startSealed() throws -> VaultdServer {
        try VaultdServer(dataDirectory: dataDirectory)
    }
}
