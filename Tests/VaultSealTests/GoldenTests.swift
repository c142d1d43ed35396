import Glibc
import Testing

@testable import VaultSeal

/// Files of format 1 as the first vaultd wrote them. They are never edited: a version that cannot
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
        guard access("\(directory)/keyring-v1.bin", F_OK) != 0 else { return }
        let scratch = ScratchDirectory()
        let cipher = try KeyringFile.create(in: scratch.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try passphrase(passphraseText), label: "golden")
            try new.addSlot(for: .keyfile(try secret(Array(0..<32))))
        }
        let current = CurrentFile(
            storeID: cipher.storeID, timelineNumber: cipher.timeline.number)
        writeFile(scratch.read("keyring"), "\(directory)/keyring-v1.bin")
        writeFile(try cipher.seal(payload, at: place), "\(directory)/record-v1.bin")
        writeFile(Array(current.text.utf8), "\(directory)/current-v1.txt")
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

    @Test func `CURRENT of format 1 names the same vault`() throws {
        let text = String(decoding: try file("current-v1.txt"), as: UTF8.self)
        let document = try KeyringDocument(decoding: try file("keyring-v1.bin"))
        let current = try CurrentFile(text: text)
        #expect(current.storeID == document.storeID)
        #expect(current.timelineNumber == document.timeline.number)
        #expect(current.text == text)
    }
}
