import Glibc
import Sodium
import Testing

@testable import VaultSeal

/// Files of every format as the first vaultd that had it wrote them. They are never edited: a version that cannot
/// read them cannot read its users' vaults.
///
/// `VAULT_UPDATE_GOLDEN=1` writes the ones that are missing (for a new format) and leaves the
/// others alone.
@Suite("Golden files", .serialized)
struct GoldenTests {
    static let directory =
        #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Golden"
    static let passphraseText = "correct horse battery staple"
    static let place = RecordPlace.log(main: 2, sub: 1)
    static let payload = Array("golden payload".utf8)

    init() throws {
        guard getenv("VAULT_UPDATE_GOLDEN") != nil else { return }
        try Self.addMissing()
    }

    private static func addMissing() throws {
        guard access("\(directory)/keyring-v2.bin", F_OK) != 0 else { return }
        let scratch = ScratchDirectory()
        let cipher = try KeyringFile.create(in: scratch.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try passphrase(passphraseText), label: "golden")
            try new.addSlot(for: .keyfile(try secret(Array(0..<32))))
            try new.addSlot(forRecipient: try recoveryPublicHalf(), label: "offline")
        }
        writeFile(scratch.read("keyring"), "\(directory)/keyring-v2.bin")
        writeFile(try cipher.seal(payload, at: place), "\(directory)/record-of-keyring-v2.bin")
    }

    private static let recoveryKey = [UInt8](repeating: 7, count: 32)

    private static func recoveryPublicHalf() throws(SealError) -> [UInt8] {
        KeyAgreement.publicHalf(of: try secret(recoveryKey))
    }

    private func file(_ name: String) throws -> [UInt8] {
        try #require(readFile("\(Self.directory)/\(name)"), "\(name) is missing")
    }

    @Test func `Format 1 opens with either credential`() throws {
        let keyring = try file("keyring-v1.bin")
        let record = try file("record-v1.bin")
        let byPassphrase = try KeyringFile.open(
            keyring, with: try passphrase(Self.passphraseText))
        let byKeyfile = try KeyringFile.open(keyring, with: .keyfile(try secret(Array(0..<32))))
        #expect(try byPassphrase.open(record, at: Self.place) == Self.payload)
        #expect(try byKeyfile.open(record, at: Self.place) == Self.payload)
    }

    @Test func `Format 1 is encoded to the same bytes`() throws {
        let keyring = try file("keyring-v1.bin")
        let document = try KeyringDocument(decoding: keyring)
        #expect(document.slots.map(\.label) == ["golden", ""])
        let credential = Credential.keyfile(try secret(Array(0..<32)))
        guard
            let rootKey = try document.slots[1].open(
                with: credential, storeID: document.storeID)
        else {
            Issue.record("the key file opens no slot")
            return
        }
        #expect(try document.encoded(rootKey: rootKey) == keyring)
    }

    @Test func `Format 2 opens with each credential, and is encoded to the same bytes`() throws {
        let keyring = try file("keyring-v2.bin")
        let record = try file("record-of-keyring-v2.bin")
        let ciphers = [
            try KeyringFile.open(keyring, with: try passphrase(Self.passphraseText)),
            try KeyringFile.open(keyring, with: .keyfile(try secret(Array(0..<32)))),
            try KeyringFile.open(keyring, with: .recoveryKey(try secret(Self.recoveryKey))),
        ]
        for cipher in ciphers {
            #expect(try cipher.open(record, at: Self.place) == Self.payload)
        }
        let document = try KeyringDocument(decoding: keyring)
        #expect(document.slots.map(\.label) == ["golden", "", "offline"])
        let credential = Credential.recoveryKey(try secret(Self.recoveryKey))
        guard
            let rootKey = try document.slots[2].open(
                with: credential, storeID: document.storeID)
        else {
            Issue.record("the recovery key opens no slot")
            return
        }
        #expect(try document.encoded(rootKey: rootKey) == keyring)
    }

    @Test func `CURRENT of format 1 names the same vault`() throws {
        let text = String(decoding: try file("current-v1.txt"), as: UTF8.self)
        let document = try KeyringDocument(decoding: try file("keyring-v1.bin"))
        let current = try CurrentFile(text: text)
        #expect(current.storeID == document.storeID)
        #expect(current.timelineNumber == document.timeline.number)
        #expect(current.text == text)
    }
}
