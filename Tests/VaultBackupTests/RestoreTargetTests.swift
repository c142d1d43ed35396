import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultBackup

/// Two restores into one directory: one of them is refused, and removes nothing of the other's.
@Suite struct RestoreTargetTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("restored") }

    init() throws { directory = try TemporaryDirectory() }

    private func refusal(meanwhile: () -> Void) -> String? {
        do throws(BackupError) {
            _ = try RestoreTarget.prepare(path, meanwhile: meanwhile)
        } catch {
            if case .targetInUse(let text) = error { return text }
        }
        return nil
    }

    private func publish() throws {
        var target = try RestoreTarget.prepare(path)
        for name in ["data.mdb", "keyring"] { try Files.write("", to: "\(path)/\(name)") }
        try target.publish(
            CurrentFile(storeID: StoreID(bytes: Array(0..<16)), timelineNumber: 1))
    }

    @Test func aVaultThatAnotherRestoreMadeMeanwhileStays() throws {
        var result: Result<Void, any Error>?
        let text = refusal { result = Result { try publish() } }
        try #require(result).get()
        #expect(text == "\(path) holds a vault; name an empty directory")
        #expect(try Files.names(in: path).sorted() == ["CURRENT", "LOCK", "data.mdb", "keyring"])
    }

    @Test func aLockThatAnotherRestoreRemovedIsNone() throws {
        #expect(mkdir(path, 0o700) == 0)
        let text = refusal { #expect(refusal {} == nil) }
        #expect(text == "\(path) is in use by a vaultd or another restore; stop it")
        #expect(try Files.names(in: path) == [])
        #expect(refusal {} == nil)
    }
}
