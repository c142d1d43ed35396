import Glibc
import Testing
import VaultTestSupport

extension DeployTests {
    /// Key files as systemd 254 and later hand them over: root's, with the mask of an access
    /// list where the rights of the group would be.
    @Suite(.enabled(if: geteuid() == 0, "only root's files are taken for systemd's"))
    struct Credentials {
        private let vault: InitialisedVault

        init() throws {
            vault = try InitialisedVault()
            chmod(vault.keyfile, 0o440)
        }

        private func start(credentials: String) throws -> VaultdServer {
            try VaultdServer(
                ["--data-dir", vault.dataDirectory, "--keyfile", vault.keyfile],
                directory: try TemporaryDirectory(),
                prefix: ["env", "CREDENTIALS_DIRECTORY=\(credentials)"])
        }

        @Test func aCredentialOpensTheVault() throws {
            let server = try start(credentials: vault.directory.path)
            try server.stop()
            #expect(throws: TestFailure.self) { try start(credentials: "/elsewhere") }
            // Others than the group have no place in such a list.
            chmod(vault.keyfile, 0o444)
            #expect(throws: TestFailure.self) { try start(credentials: vault.directory.path) }
        }

        @Test func vaultctlTakesACredentialToo() throws {
            let server = try vault.startSealed()
            func unseal(_ credentials: String) throws -> ProgramResult {
                try Program.run(
                    try BuiltPrograms.path("vaultctl"),
                    ["--socket", server.socketPath, "unseal", "--keyfile", vault.keyfile],
                    environment: ["CREDENTIALS_DIRECTORY": credentials])
            }
            #expect(try unseal("/elsewhere").errorText.contains("can be read by others"))
            let opened = try unseal(vault.directory.path)
            #expect(opened.status == .exit(0), "\(opened)")
            try server.stop()
        }
    }
}
