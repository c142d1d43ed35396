import Testing
import VaultTestSupport

@testable import VaultDoctor

@Suite struct FileRulesTests {
    private let now: Int64 = 1_800_000_000

    private func file(
        _ path: String, _ kind: FileFacts.Kind = .file, user: UInt32 = 997, mode: UInt32 = 0o600,
        device: UInt64 = 1
    ) -> FileFacts {
        FileFacts(path: path, kind: kind, userID: user, mode: mode, device: device, modified: now)
    }

    private var good: PlaceFacts {
        var facts = PlaceFacts()
        facts.userID = 997
        facts.directoryPath = "/data"
        facts.directory = file("/data", .directory, mode: 0o700)
        facts.files = [file("/data/keyring"), file("/data/audit", .directory, mode: 0o700)]
        facts.fileSystem = FileSystemFacts(
            kind: .local, freeBytes: 50 << 30, totalBytes: 100 << 30)
        facts.keyfilePath = "/etc/vaultd.key"
        facts.keyfile = file("/etc/vaultd.key", user: 0, mode: 0o400, device: 2)
        facts.configuration = file("/etc/vaultd.yaml", user: 0, mode: 0o644)
        facts.socketPath = "/run/vaultd/s"
        facts.socket = file("/run/vaultd/s", .socket)
        facts.socketDirectory = file("/run/vaultd", .directory, mode: 0o755)
        return facts
    }

    /// What is found once `change` was made to a good place.
    private func severity(of id: String, _ change: (inout PlaceFacts) -> Void) -> Severity? {
        var facts = good
        change(&facts)
        return VaultDoctorTests.severity(id, FileRules.findings(facts, now: now))
    }

    @Test func aVaultThatIsSetUpWellHasNothingAboveOk() {
        let findings = FileRules.findings(good, now: now)
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
        #expect(findings.count == 10)
    }

    @Test func aDirectoryForOthersIsCritical() {
        #expect(severity(of: "data-directory") { $0.directory?.mode = 0o750 } == .critical)
        #expect(severity(of: "data-directory") { $0.directory?.userID = 1 } == .critical)
        #expect(severity(of: "data-directory") { $0.directory?.kind = .link } == .critical)
    }

    @Test func aDirectoryThatCannotBeSeenIsTold() {
        #expect(severity(of: "data-directory") { $0.directory = nil } == .info)
        #expect(severity(of: "data-files") { $0.files = nil } == .info)
    }

    @Test func anyFileForOthersIsCritical() {
        let copy = file("/data/keyring.bak", mode: 0o644)
        #expect(severity(of: "data-files") { $0.files?.append(copy) } == .critical)
        let foreign = file("/data/keyring.bak", user: 1)
        #expect(severity(of: "data-files") { $0.files?.append(foreign) } == .critical)
        let link = file("/data/data.mdb", .link)
        #expect(severity(of: "data-files") { $0.files?.append(link) } == .critical)
    }

    @Test func theSocketMayLieBesideTheData() {
        let socket = file("/data/vaultd.sock", .socket, mode: 0o666)
        #expect(severity(of: "data-files") { $0.files?.append(socket) } == .ok)
    }

    @Test func theFixNamesTheFile() {
        var facts = good
        facts.files?.append(file("/data/keyring.bak", mode: 0o644))
        let finding = finding("data-files", FileRules.findings(facts, now: now))
        #expect(finding?.fix == "chmod 600 /data/keyring.bak")
    }

    @Test func aFileFromTheFutureIsAWarning() {
        #expect(severity(of: "file-times") { $0.files?[0].modified = now + 90_000 } == .warning)
        #expect(severity(of: "file-times") { $0.files?[0].modified = now + 80_000 } == .ok)
    }

    @Test func aFileSystemThatDoesNotKeepAVaultIsTold() {
        #expect(severity(of: "file-system") { $0.fileSystem?.kind = .network("NFS") } == .critical)
        #expect(severity(of: "file-system") { $0.fileSystem?.kind = .memory("tmpfs") } == .warning)
        #expect(
            severity(of: "file-system") { $0.fileSystem?.kind = .layer("overlayfs") } == .warning)
    }

    @Test func archivesBesideTheVaultOrForOthersAreTold() {
        func place(of backups: FileFacts?) -> Severity? {
            severity(of: "backups-place") { facts in
                facts.backupsPath = "/backups"
                facts.backups = backups
            }
        }
        let elsewhere = file("/backups", .directory, mode: 0o755, device: 2)
        #expect(place(of: elsewhere) == .ok)
        #expect(place(of: nil) == .critical)
        #expect(place(of: file("/backups", .directory, mode: 0o755)) == .warning)
        for (mode, expected) in [(UInt32(0o775), Severity.critical), (0o1775, .ok)] {
            var shared = elsewhere
            shared.mode = mode
            #expect(place(of: shared) == expected)
        }
    }

    @Test func aDiskThatIsNearlyFullIsTold() {
        #expect(severity(of: "disk-space") { $0.fileSystem?.freeBytes = 10 << 20 } == .critical)
        #expect(severity(of: "disk-space") { $0.fileSystem?.freeBytes = 5 << 30 } == .warning)
    }

    @Test func aKeyFileForOthersIsCritical() {
        #expect(severity(of: "key-file") { $0.keyfile?.mode = 0o440 } == .critical)
        for (user, mode, expected) in [
            (0, 0o440, Severity.ok), (0, 0o444, .critical), (0, 0o460, .critical),
            (997, 0o440, .critical),
        ] as [(UInt32, UInt32, Severity)] {
            let path = "/run/credentials/vaultd.service/vaultd.key"
            let found = severity(of: "key-file") {
                $0.keyfilePath = path
                $0.keyfile = file(path, user: user, mode: mode, device: 2)
            }
            #expect(found == expected)
        }
        #expect(severity(of: "key-file") { $0.keyfile?.userID = 5 } == .critical)
        #expect(severity(of: "key-file") { $0.keyfile?.kind = .directory } == .critical)
        #expect(severity(of: "key-file") { $0.keyfile = nil } == .critical)
    }

    @Test func aKeyFileBesideTheVaultIsTold() {
        #expect(severity(of: "key-file-place") { $0.keyfile?.device = 1 } == .warning)
        #expect(
            severity(of: "key-file-place") { $0.keyfile?.path = "/data/key" } == .critical)
    }

    @Test func aVaultWithoutAKeyFileSaysNothingOfIt() {
        #expect(severity(of: "key-file") { $0.keyfilePath = nil } == nil)
    }

    @Test func aConfigurationThatOthersChangeIsCritical() {
        #expect(severity(of: "configuration-file") { $0.configuration?.mode = 0o664 } == .critical)
        #expect(severity(of: "configuration-file") { $0.configuration?.userID = 5 } == .critical)
    }

    @Test func aSocketThatOthersCanReplaceIsCritical() {
        #expect(severity(of: "socket-directory") { $0.socketDirectory?.mode = 0o777 } == .critical)
        #expect(severity(of: "socket-directory") { $0.socketDirectory?.userID = 5 } == .critical)
        #expect(severity(of: "socket-directory") { $0.socketDirectory?.mode = 0o1777 } == .ok)
        #expect(severity(of: "socket") { $0.socket?.userID = 5 } == .critical)
        #expect(severity(of: "socket") { $0.socket?.kind = .file } == .critical)
    }

    @Test func aSocketForEverybodyIsTold() {
        #expect(severity(of: "socket") { $0.socket?.mode = 0o666 } == .info)
    }

    @Test func realFilesAreLookedAt() throws {
        let directory = try TemporaryDirectory()
        try Files.write("x", to: directory.file("keyring"), mode: 0o644)
        let facts = PlaceFacts.read(
            directory: directory.path, keyfile: directory.file("none"), configuration: nil,
            socket: directory.file("s"), userID: directory.facts?.userID ?? 0)
        let findings = FileRules.findings(facts, now: .max / 2)
        #expect(VaultDoctorTests.severity("data-directory", findings) == .ok)
        #expect(VaultDoctorTests.severity("data-files", findings) == .critical)
        #expect(VaultDoctorTests.severity("key-file", findings) == .critical)
        #expect(VaultDoctorTests.severity("file-system", findings) != .critical)
    }
}

extension TemporaryDirectory {
    fileprivate var facts: FileFacts? { FileFacts.read(path) }
}
