import Testing
import VaultTestSupport

/// What the built programs bring along.
@Suite struct LinkageTests {
    /// Full Foundation and its ICU data are 40 MB that a daemon would map for nothing.
    @Test(arguments: ["vaultd", "vaultctl"])
    func fullFoundationIsNotLinked(program: String) throws {
        let libraries = try Program.run("ldd", [try BuiltPrograms.path(program)])
        try #require(libraries.status == .exit(0), "\(libraries)")
        #expect(libraries.outputText.contains("libc.so.6"))
        for library in ["libFoundation.so", "libFoundationInternationalization.so", "libssl"] {
            #expect(
                !libraries.outputText.contains(library), "\(program) needs \(library):\n\(libraries)")
        }
    }
}
