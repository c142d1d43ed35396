import Sodium
import Testing

@testable import VaultSeal

/// Keyrings of a vault that somebody made for the credentials of another's: for that they need no
/// key, only the public halves that the other's keyring tells.
@Suite("Forged keyrings")
struct ForgedKeyringTests {
    private let directory = ScratchDirectory()

    private func make() throws -> OpenedKeyring {
        try KeyringFile.createAll(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try keyfile(7))
            try new.addSlot(for: try passphrase("words"))
            try new.addSlot(forRecipient: KeyAgreement.publicHalf(of: try secret(Self.recovery)))
        }
    }

    private static let recovery = [UInt8](repeating: 9, count: 32)

    /// The keyring of a vault whose root key we know, with the slots of this one.
    private func forge(
        _ document: KeyringDocument,
        _ rewrap: (inout KeySlot, borrowing RootKey, StoreID) throws -> Void
    ) throws {
        let rootKey = try RootKey.random()
        var forged = document
        for index in forged.slots.indices {
            try rewrap(&forged.slots[index], rootKey, forged.storeID)
        }
        let keyring = try Keyring.new(timeline: document.timeline, created: 0)
        forged.wrappedKeyring = try KeyringWrapping.wrap(
            keyring, storeID: forged.storeID, rootKey: rootKey)
        writeFile(try forged.encoded(rootKey: rootKey), "\(directory.path)/keyring")
    }

    private func outcome(
        _ credential: borrowing Credential, acceptsUnproven: Bool = false
    ) -> SealError? {
        failure { () throws(SealError) in
            _ = try KeyringFile.openAll(
                in: directory.path, with: credential, acceptsUnproven: acceptsUnproven)
        }
    }

    @Test(arguments: [false, true])
    func `Nobody who has seen a keyring makes another that its credentials open`(
        afterRotation: Bool
    ) throws {
        let opened = try make()
        if afterRotation { _ = try opened.live.rotateRootKey() }
        let document = try KeyringDocument(decoding: directory.read("keyring"))
        #expect(outcome(try keyfile(7)) == nil)
        try forge(document) { (slot, rootKey, storeID) in
            try slot.rewrap(rootKey, storeID: storeID)
        }
        #expect(outcome(try keyfile(7)) == .unprovenSlot(id: 1))
        #expect(outcome(try passphrase("words")) == .unprovenSlot(id: 2))
        // Who was told to believe it does; and a recovery key knows nothing of the vault.
        #expect(outcome(try keyfile(7), acceptsUnproven: true) == nil)
        #expect(outcome(.recoveryKey(try secret(Self.recovery))) == nil)
    }

    @Test func `A slot's secret cannot be guessed`() throws {
        _ = try make()
        let document = try KeyringDocument(decoding: directory.read("keyring"))
        let guessed = SlotSecret(try secret([UInt8](repeating: 0, count: 32)))
        try forge(document) { (slot, rootKey, storeID) in
            try slot.rewrap(rootKey, storeID: storeID, secret: guessed)
        }
        let error = outcome(try keyfile(7), acceptsUnproven: true)
        #expect(error?.isDamaged == true, "a recipient has no such wrapping")
        var others = document
        others.slots.removeLast()
        try forge(others) { (slot, rootKey, storeID) in
            try slot.rewrap(rootKey, storeID: storeID, secret: guessed)
        }
        #expect(outcome(try keyfile(7), acceptsUnproven: true) == .wrongKey)
        #expect(outcome(try passphrase("words"), acceptsUnproven: true) == .wrongKey)
    }

    @Test func `Every slot gets root keys again and again, and proves whose they are`() throws {
        let opened = try make()
        for _ in 0..<3 { _ = try opened.live.rotateRootKey() }
        _ = try opened.live.addSlot(for: try keyfile(8), replacing: 1)
        _ = try opened.live.addShares(count: 3, threshold: 2)
        _ = try opened.live.rotateRootKey()
        let document = try KeyringDocument(decoding: directory.read("keyring"))
        #expect(document.slots.map(\.isUnproven) == [false, false, false, false])
        #expect(outcome(try keyfile(7)) == .wrongKey)
        #expect(outcome(try keyfile(8)) == nil)
        #expect(outcome(try passphrase("words")) == nil)
        let again = try KeyringFile.openAll(in: directory.path, with: try passphrase("words"))
        _ = try again.live.rotateRootKey()
        #expect(outcome(try keyfile(8)) == nil)
    }

    @Test func `A vault of which no secrets are kept rotates when its slots are replaced`() throws {
        let golden = GoldenTests.directory + "/keyring-v2.bin"
        writeFile(try #require(readFile(golden)), "\(directory.path)/keyring")
        let words = GoldenTests.passphraseText
        let opened = try KeyringFile.openAll(in: directory.path, with: try passphrase(words))
        let error = failure { () throws(SealError) in _ = try opened.live.rotateRootKey() }
        #expect(error == .slotNeedsItsCredential(id: 1))
        _ = try opened.live.addSlot(for: try keyfile(2), replacing: 1)
        _ = try opened.live.addSlot(for: try keyfile(3), replacing: 2)
        _ = try opened.live.rotateRootKey()
        #expect(outcome(try keyfile(2)) == nil)
    }
}
