import Sodium
import Testing
import VaultTestSupport

@testable import VaultSeal

/// The file that is kept elsewhere: it says what was written to it, or nothing.
@Suite struct AnchorFileTests {
    private let scratch: TemporaryDirectory
    private let keyring: OpenedKeyring
    private let anchor = Anchor(
        timeline: 1, revision: 42, keyringGeneration: 3, accessNumber: 7)

    init() throws {
        scratch = try TemporaryDirectory()
        keyring = try Self.keyring(in: scratch.path)
    }

    private static func keyring(in directory: String) throws -> OpenedKeyring {
        let credential = Credential.keyfile(try SecretBytes.random(count: 32))
        return try KeyringFile.createAll(in: directory) { (new) throws(SealError) in
            try new.addSlot(for: credential)
        }
    }

    private var path: String { scratch.file("anchor") }
    private var file: AnchorFile { AnchorFile(path: path, storeID: keyring.cipher.storeID) }

    @Test func whatIsWrittenIsRead() throws {
        #expect(try file.read(key: keyring.stateHashKey) == nil)
        try file.write(anchor, key: keyring.stateHashKey)
        #expect(try file.read(key: keyring.stateHashKey) == anchor)
        #expect(Files.mode(path) == 0o600)
        var later = anchor
        later.revision = 43
        try file.write(later, key: keyring.stateHashKey)
        #expect(try file.read(key: keyring.stateHashKey) == later)
    }

    @Test func everyChangeIsNoticed() throws {
        try file.write(anchor, key: keyring.stateHashKey)
        let bytes = try Files.read(path)
        #expect(bytes.count == 96)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            try Files.write(changed, to: path)
            #expect(throws: SealError.self, "byte \(index)") {
                try file.read(key: keyring.stateHashKey)
            }
        }
        for count in 0..<bytes.count {
            try Files.write(Array(bytes[..<count]), to: path)
            #expect(throws: SealError.self) { try file.read(key: keyring.stateHashKey) }
        }
        try Files.write(bytes + [0], to: path)
        #expect(throws: SealError.self) { try file.read(key: keyring.stateHashKey) }
    }

    @Test func anotherVaultsIsNoAnchor() throws {
        let other = try TemporaryDirectory()
        let stranger = try Self.keyring(in: other.path)
        try AnchorFile(path: path, storeID: stranger.cipher.storeID)
            .write(anchor, key: stranger.stateHashKey)
        #expect(throws: SealError.self) { try file.read(key: keyring.stateHashKey) }
    }
}
