import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultServer

@Suite struct DataDirectoryTests {
    private let parent = TestDirectory()
    private var path: String { parent.path + "/data" }

    private func refusal() -> DataDirectoryError? {
        do throws(DataDirectoryError) {
            let directory = try DataDirectory.acquire(path)
            _ = try directory.current()
            return nil
        } catch {
            return error
        }
    }

    private func makeDirectory() {
        mkdir(path, 0o700)
    }

    private let current = CurrentFile(
        storeID: StoreID(bytes: Array(0..<16)), timelineNumber: 1)

    @Test func aMissingDirectoryIsMadeForUsAlone() throws {
        _ = try DataDirectory.acquire(path)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o700)
    }

    @Test func aSecondVaultdIsRefusedWhileTheFirstRuns() throws {
        var first: DataDirectory? = try DataDirectory.acquire(path)
        _ = first
        #expect(refusal() == .inUse(path: path))
        first = nil
        #expect(refusal() == nil)
    }

    @Test func aReleasedDirectoryIsFreeWhileAForkedProcessHasItsDescriptors() throws {
        let first = try DataDirectory.acquire(path)
        let copies = try DescriptorCopies(of: path + "/LOCK")
        #expect(copies.count == 1 && refusal() == .inUse(path: path))
        first.release()
        #expect(refusal() == nil)
        withExtendedLifetime(copies) {}
    }

    @Test func looseModesAreRefusedAndNamed() throws {
        makeDirectory()
        chmod(path, 0o750)
        #expect(refusal() == .looseMode(path: path, found: 0o750, wanted: 0o700))
        #expect(
            refusal()?.description
                == "\(path) has mode 0750, wanted 0700 or less; run: chmod 0700 \(path)")
        chmod(path, 0o700)
        for name in ["CURRENT", "UNFINISHED", "keyring", "data.mdb", "lock.mdb"] {
            parent.write(current.text, to: "data/" + name, mode: 0o640)
            #expect(
                refusal() == .looseMode(path: path + "/" + name, found: 0o640, wanted: 0o600))
            unlink(path + "/" + name)
        }
        mkdir(path + "/audit", 0o700)
        chmod(path + "/audit", 0o701)
        #expect(refusal() == .looseMode(path: path + "/audit", found: 0o701, wanted: 0o700))
    }

    @Test func symbolicLinksAndOtherThingsAreRefused() {
        mkdir(parent.path + "/elsewhere", 0o700)
        symlink(parent.path + "/elsewhere", path)
        #expect(refusal() == .notADirectory(path: path))
        unlink(path)
        makeDirectory()
        parent.write("x", to: "target")
        // LOCK first: every later attempt leaves a real one.
        for name in ["LOCK", "CURRENT", "keyring", "data.mdb"] {
            symlink(parent.path + "/target", path + "/" + name)
            #expect(refusal() == .wrongKind(path: path + "/" + name, wanted: "a plain file"))
            unlink(path + "/" + name)
        }
        unlink(path + "/LOCK")
        rmdir(path)
        parent.write("x", to: "data")
        #expect(refusal() == .notADirectory(path: path))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func foreignOwnersAreRefused() {
        makeDirectory()
        parent.write("x", to: "data/keyring")
        chown(path + "/keyring", 4_242, 4_242)
        #expect(
            refusal() == .wrongOwner(path: path + "/keyring", found: 4_242, wanted: 0))
        chown(path + "/keyring", 0, 0)
        chown(path, 4_242, 4_242)
        #expect(refusal() == .wrongOwner(path: path, found: 4_242, wanted: 0))
    }

    @Test func whatIsNotOursIsLeftAlone() {
        makeDirectory()
        parent.write("x", to: "data/notes.txt", mode: 0o644)
        #expect(refusal() == nil)
    }

    @Test func theVaultIsNamedByCurrent() throws {
        let directory = try DataDirectory.acquire(path)
        #expect(try directory.current() == nil)
        try directory.beginInit()
        #expect(try directory.current() == nil)
        parent.write("keys", to: "data/keyring")
        try directory.finishInit(current)
        #expect(try directory.current() == current)
    }

    @Test func aVaultWithoutItsKeyringIsNotANewOne() throws {
        let directory = try DataDirectory.acquire(path)
        try directory.beginInit()
        try directory.finishInit(current)
        #expect(throws: DataDirectoryError.incomplete(path: path + "/keyring")) {
            try directory.current()
        }
    }

    @Test func anInterruptedInitIsBegunAnew() throws {
        let directory = try DataDirectory.acquire(path)
        try directory.beginInit()
        parent.write("half", to: "data/keyring")
        parent.write("half", to: "data/data.mdb")
        #expect(try directory.current() == nil)
        try directory.beginInit()
        #expect(!directory.contains(.keyring) && !directory.contains(.records))
    }

    @Test func keysWithoutCurrentAreNeverOverwritten() throws {
        makeDirectory()
        parent.write("keys", to: "data/keyring")
        #expect(refusal() == .incomplete(path: path + "/CURRENT"))
    }

    @Test(arguments: [
        "", "vaultd\n", "vaultd x\n", "etcd 1\nstore 00\ntimeline 1\n",
        "vaultd 1\nstore 00112233445566778899aabbccddeeff\ntimeline x\n",
        "vaultd 1\nstore 00112233445566778899aabbccddeef\ntimeline 1\n",
        "vaultd 1\nstore 00112233445566778899aabbccddeeff\ntimeline 1\nmore\n",
        String(repeating: "x", count: 10_000),
    ])
    func aDamagedCurrentIsRefused(_ text: String) {
        makeDirectory()
        parent.write(text, to: "data/CURRENT")
        guard case .damaged(let found, _) = refusal() else {
            Issue.record("accepted")
            return
        }
        #expect(found == path + "/CURRENT")
    }

    @Test func aNewerFormatIsToldFromDamage() {
        makeDirectory()
        parent.write("vaultd 2\nanything\n", to: "data/CURRENT")
        #expect(refusal() == .unsupportedFormat(path: path + "/CURRENT", version: 2))
    }
}
