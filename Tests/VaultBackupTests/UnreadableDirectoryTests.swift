import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// A directory that cannot be read any further is not taken for one that ends there.
@Suite struct UnreadableDirectoryTests {
    private let faulty = FaultyProgram(call: "getdents64", fault: "error=EIO")

    @Test func archivesAreNotLeftOutOfAList() throws {
        let backed = try BackedUpStore()
        let directory = backed.scratch.file("archives")
        #expect(mkdir(directory, 0o700) == 0)
        try backed.put("a", "1")
        let archive = try backed.archive("full")
        #expect(rename(archive, directory + "/full.vab") == 0)
        let vaultctl = try BuiltPrograms.path("vaultctl")
        let hits = try faulty.sweep { number in
            guard
                let result = try faulty.run(
                    vaultctl, ["backup", "list", directory], number: number)
            else { return false }
            #expect(result.status != .exit(0), "\(number)")
            #expect(result.errorText.contains("cannot list \(directory)"), "\(number): \(result)")
            return true
        }
        // With names, and for the end.
        #expect(hits == 2)
    }

    @Test func aDirectoryThatIsNotEmptyIsNotRestoredInto() throws {
        let backed = try BackedUpStore()
        try backed.put("a", "1")
        let archive = try backed.archive("full")
        let (target, keyfile) = (backed.scratch.file("target"), backed.scratch.file("key"))
        try Files.write(backed.keyfile, to: keyfile)
        #expect(mkdir(target, 0o700) == 0)
        try Files.write("", to: target + "/somebody's")
        let vaultctl = try BuiltPrograms.path("vaultctl")
        let hits = try faulty.sweep { number in
            let result = try faulty.run(
                vaultctl,
                ["backup", "restore", archive, "--data-dir", target, "--keyfile", keyfile],
                number: number)
            #expect(result?.status != .exit(0), "\(number)")
            #expect(try Files.names(in: target) == ["somebody's"], "\(number)")
            return result != nil
        }
        #expect(hits == 2)
    }
}
