import Glibc
import Logging
import RPC
import Testing
import VaultAccess
import VaultSeal
import VaultStore

@testable import VaultServer

/// The vault without a server: files, keys and states.
@Suite struct VaultTests {
    private let parent = TestDirectory()
    private var path: String { parent.path + "/data" }

    private func makeVault() throws -> Vault {
        let directory = try DataDirectory.acquire(path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try Vault(
            directory: directory, storeConfiguration: StoreConfiguration(),
            passphraseCost: .minimum,
            access: AccessControl(daemonUserID: geteuid(), passwordCost: .minimum),
            trail: AuditTrail(
                directory: directory.path(of: .audit), AuditConfiguration(), logger: logger),
            logger: logger)
    }

    /// Runs `body` with the vault of the directory, then ends it.
    private func withVault(_ body: (Vault) async throws -> Void) async throws {
        let vault = try makeVault()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(vault))
        } catch {
            result = .failure(error)
        }
        _ = await seal(vault)
        await vault.shutdown()
        try result.get()
    }

    private func passphrase(_ text: String) throws -> CredentialBox {
        var bytes = [UInt8](text.utf8)
        return try CredentialBox(passphrase: &bytes)
    }

    private func initialize(_ vault: Vault) async throws {
        let slot = try passphrase("one")
        _ = try await withCheckedContinuation { continuation in
            vault.initialize(slots: [NewSlot(opener: .credential(slot))]) {
                continuation.resume(returning: $0)
            }
        }.get()
    }

    private func unseal(_ vault: Vault, _ text: String = "one") async throws -> VaultError? {
        let credential = try passphrase(text)
        let result = await withCheckedContinuation { continuation in
            vault.unseal(with: credential, progress: { _ in }) {
                continuation.resume(returning: $0)
            }
        }
        if case .failure(let error) = result { return error }
        return nil
    }

    private func seal(_ vault: Vault) async -> VaultError? {
        let result = await withCheckedContinuation { continuation in
            vault.seal { continuation.resume(returning: $0) }
        }
        if case .failure(let error) = result { return error }
        return nil
    }

    private func put(_ vault: Vault, _ key: String, _ value: String) async throws {
        let open = try vault.open()
        let put = PutOperation(key: Bytes(key.utf8), value: Bytes(value.utf8))
        _ = try await withCheckedContinuation { continuation in
            open.store.submit(.put(put)) { continuation.resume(returning: $0) }
        }.get()
    }

    private func makeUsedVault() async throws {
        try await withVault { (vault) async throws in
            try await initialize(vault)
            for number in 0..<200 { try await put(vault, "key\(number)", "value\(number)") }
        }
    }

    @Test func initMakesAVaultThatOpensAgain() async throws {
        try await makeUsedVault()
        try await withVault { (vault) async throws in
            #expect(vault.status().isInitialized && vault.status().isSealed)
            #expect(vault.status().keyring?.slots.map(\.kind) == [.passphrase])
            #expect(try await unseal(vault) == nil)
            #expect(vault.status().store?.keyCount == 200)
        }
    }

    @Test func withoutAnAuditLogThereIsNoVault() async throws {
        let audit = path + "/" + DataDirectoryFile.audit.rawValue
        try await withVault { (vault) async throws in
            // In the place of the log's directory.
            let file = open(audit, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            close(file)
            await #expect(throws: VaultError.self) { try await initialize(vault) }
            #expect(!vault.status().isInitialized)
            #expect(try await unseal(vault) == .notInitialized)
            #expect(unlink(audit) == 0)
            try await initialize(vault)
            #expect(!vault.status().isSealed)
            #expect(vault.trail.log?.sequence ?? 0 > 0)
        }
        try await withVault { (vault) async throws in #expect(try await unseal(vault) == nil) }
    }

    @Test func doorsAreShutByTheTimeThatSealReturns() async throws {
        try await withVault { (vault) async throws in
            let early = vault.makeDoor()
            #expect(throws: VaultError.notInitialized) { try vault.open(early) }
            try await initialize(vault)
            let late = vault.makeDoor()
            for door in [early, late] { #expect(try vault.open(door).open === vault.open()) }
            // What is under way may hold up its end, but nobody comes in any more.
            vault.seal { _ in }
            for door in [early, late, vault.makeDoor()] {
                #expect(throws: VaultError.sealed) { try vault.open(door) }
            }
            _ = await seal(vault)
            #expect(try await unseal(vault) == nil)
            for door in [early, late] { #expect(try vault.open(door).open === vault.open()) }
        }
    }

    @Test func filesAreOursAlone() async throws {
        let mask = umask(0)
        defer { umask(mask) }
        try await makeUsedVault()
        // Acquiring checks the directory and every file in it.
        _ = try DataDirectory.acquire(path)
    }

    @Test func neitherKeysNorValuesNorThePassphraseAreInTheDirectory() async throws {
        try await withVault { (vault) async throws in
            let slot = try passphrase("swordfish-passphrase")
            _ = try await withCheckedContinuation { continuation in
                vault.initialize(slots: [NewSlot(opener: .credential(slot))]) {
                    continuation.resume(returning: $0)
                }
            }.get()
            try await put(vault, "telling-name", "telling-value")
        }
        for name in ["data.mdb", "keyring", "CURRENT"] {
            let text = String(decoding: try bytes(of: name), as: Unicode.ASCII.self)
            #expect(!text.contains("telling-") && !text.contains("swordfish"))
        }
    }

    /// With the keyring of an earlier time a slot that was removed since would open the vault.
    @Test func anEarlierKeyringIsRefused() async throws {
        try await makeUsedVault()
        let earlier = try bytes(of: "keyring")
        try await withVault { (vault) async throws in
            #expect(try await unseal(vault) == nil)
            let another = try passphrase("two")
            _ = try vault.open().keyring.addSlot(
                for: another.credential, replacing: 1, passphraseCost: .minimum)
        }
        let file = open(path + "/keyring", O_WRONLY | O_TRUNC)
        #expect(write(file, earlier, earlier.count) == earlier.count)
        close(file)
        try await withVault { (vault) async throws in
            let error = try await unseal(vault)
            let damage = try #require(error?.damage)
            #expect(damage.hasPrefix("the keyring is number"), "\(damage)")
            #expect(vault.status().isSealed)
        }
    }

    @Test func aWrongPassphraseLeavesTheVaultSealed() async throws {
        try await makeUsedVault()
        try await withVault { (vault) async throws in
            #expect(try await unseal(vault, "two") == .seal(.wrongKey))
            #expect(vault.status().isSealed)
            #expect(try await unseal(vault) == nil)
        }
    }

    @Test(arguments: ["data.mdb", "keyring"])
    func aTruncatedFileIsDamageAndNeverACrash(_ name: String) async throws {
        try await makeUsedVault()
        let count = try bytes(of: name).count
        // The file grows ahead of what is used, so the cut must be near its start.
        for keep in [0, 1, min(4_096, count - 1), min(9_000, count - 1)] {
            try await makeDamaged(name) { Array($0.prefix(keep)) }
        }
    }

    @Test func aFlippedBitIsDamageAndNeverACrash() async throws {
        try await makeUsedVault()
        var random = printedSeed()
        let records = try bytes(of: "data.mdb")
        for _ in 0..<20 {
            let bit = UInt8.random(in: 0..<8, using: &random)
            let index = Int.random(in: 0..<(try bytes(of: "keyring").count), using: &random)
            try await makeDamaged("keyring") { bytes in
                var bytes = bytes
                bytes[index] ^= 1 << bit
                return bytes
            }
        }
        #expect(try bytes(of: "data.mdb") == records)
    }

    /// Changes a file, expects that the vault says it is damaged, and puts it back.
    private func makeDamaged(
        _ name: String, _ change: ([UInt8]) -> [UInt8]
    ) async throws {
        let original = try bytes(of: name)
        parent.write(change(original), to: "data/" + name)
        try await withVault { (vault) async throws in
            let error = try await unseal(vault)
            let code = error.map { StatusTable.status(of: $0).code }
            // A flipped bit of a version number is a format that nobody knows.
            #expect(code == .dataLoss || code == .unimplemented, "\(name): \(error as Any)")
            #expect(vault.status().isSealed)
        }
        parent.write(original, to: "data/" + name)
    }

    @Test func aStoreOfWhichTheAuditLogCannotTellIsRefused() async throws {
        try await makeUsedVault()
        try await withVault { (vault) async throws in
            let file = path + "/audit/audit.jsonl"
            #expect(rename(file, file + ".kept") == 0 && symlink("/dev/null", file) == 0)
            guard case .store(.damaged(let what)) = try await unseal(vault) else {
                Issue.record("the store was trusted")
                return
            }
            #expect(what.hasPrefix("the audit log cannot be read: "), "\(what)")
            #expect(rename(file + ".kept", file) == 0)
            #expect(try await unseal(vault) == nil)
        }
    }

    @Test func aKeyringOfAnotherVaultIsRefused() async throws {
        try await makeUsedVault()
        let records = try bytes(of: "data.mdb")
        let current = try bytes(of: "CURRENT")
        for name in ["CURRENT", "keyring", "data.mdb", "lock.mdb"] { unlink(path + "/" + name) }
        try await makeUsedVault()
        let ours = try bytes(of: "CURRENT")
        parent.write(current, to: "data/CURRENT")
        try await withVault { (vault) async throws in
            guard case .directory(.damaged) = try await unseal(vault) else {
                Issue.record("opened with the CURRENT of another vault")
                return
            }
        }
        parent.write(ours, to: "data/CURRENT")
        parent.write(records, to: "data/data.mdb")
        try await withVault { (vault) async throws in
            let error = try #require(try await unseal(vault))
            #expect(StatusTable.status(of: error).code == .dataLoss)
        }
    }

    private func bytes(of name: String) throws -> [UInt8] {
        let file = open(path + "/" + name, O_RDONLY)
        try #require(file >= 0)
        defer { close(file) }
        var status = stat()
        fstat(file, &status)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = read(file, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
    }
}
