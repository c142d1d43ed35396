import Testing
import VaultTestSupport

/// What the built programs bring along.
@Suite struct LinkageTests {
    /// Full Foundation and its ICU data are 40 MB that a command would map for nothing. vaultd has
    /// it because of its YAML reader.
    @Test func vaultctlDoesWithoutFoundation() throws {
        let libraries = try Program.run("ldd", [try BuiltPrograms.path("vaultctl")])
        try #require(libraries.status == .exit(0), "\(libraries)")
        #expect(libraries.outputText.contains("libc.so.6"))
        for library in ["libFoundation.so", "libFoundationInternationalization.so", "libssl"] {
            #expect(!libraries.outputText.contains(library), "needs \(library): \(libraries)")
        }
    }

    /// No TLS, and no second copy of what the system keeps patched.
    @Test func vaultdUsesTheSystemsLibraries() throws {
        let libraries = try Program.run("ldd", [try BuiltPrograms.path("vaultd")])
        for library in ["liblmdb.so", "libsodium.so", "libnghttp2.so"] {
            #expect(libraries.outputText.contains(library), "\(library): \(libraries)")
        }
        #expect(!libraries.outputText.contains("libssl"), "\(libraries)")
    }
}
