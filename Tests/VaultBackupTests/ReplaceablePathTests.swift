import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// Root restores nothing where somebody else could move the directory away meanwhile.
@Suite(.enabled(if: geteuid() == 0, "others may")) struct ReplaceablePathTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func prepare(_ name: String) -> BackupError? {
        do throws(BackupError) {
            _ = try RestoreTarget.prepare(directory.file(name))
            return nil
        } catch { return error }
    }

    private func expectRefusal(_ name: String, because culprit: String) {
        guard case .targetInUse(let text) = prepare(name) else {
            Issue.record("a restore into \(name) was begun")
            return
        }
        #expect(text.hasPrefix("others may replace what is in \(directory.file(culprit));"))
        #expect(!Files.exists(directory.file(name)))
    }

    @Test func aParentThatOthersMayWriteToIsRefused() throws {
        #expect(mkdir(directory.file("open"), 0o700) == 0)
        #expect(prepare("open/vault") == nil)
        #expect(chmod(directory.file("open"), 0o777) == 0)
        expectRefusal("open/vault", because: "open")
        // One that lies deeper is as easily moved away with all above it.
        #expect(mkdir(directory.file("open/mine"), 0o700) == 0)
        expectRefusal("open/mine/vault", because: "open")
        #expect(chmod(directory.file("open"), 0o1777) == 0)
        #expect(prepare("open/vault") == nil)
        #expect(chmod(directory.file("open"), 0o775) == 0)
        #expect(prepare("open/vault") == nil, "its group is this user's")
    }

    @Test func anotherUsersDirectoriesAndLinksAreRefused() throws {
        #expect(mkdir(directory.file("theirs"), 0o755) == 0)
        #expect(mkdir(directory.file("ours"), 0o700) == 0)
        #expect(symlink("ours", directory.file("link")) == 0)
        #expect(prepare("link/vault") == nil)
        #expect(lchown(directory.file("link"), 4242, 4242) == 0)
        expectRefusal("link/vault", because: "link")
        #expect(lchown(directory.file("theirs"), 4242, 4242) == 0)
        expectRefusal("theirs/vault", because: "theirs")
        // Our own link into it.
        #expect(symlink("theirs", directory.file("way")) == 0)
        expectRefusal("way/vault", because: "theirs")
        #expect(lchown(directory.file("ours"), 0, 4242) == 0)
        #expect(chmod(directory.file("ours"), 0o770) == 0)
        expectRefusal("ours/vault", because: "ours")
    }
}
