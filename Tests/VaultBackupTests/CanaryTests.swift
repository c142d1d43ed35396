import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// A canary is genuine for one archive of one vault, and for no other.
@Suite struct CanaryTests {
    @Test func onlyTheVaultsOwnForThatArchiveIsGenuine() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "v")
        let footer = try ArchiveFile(path: try backed.archive("full")).footer
        let keys = try backed.keyring.live.archiveKeys()
        let value = Canary.value(
            signature: try keys.sign(
                Canary.message(footer.identity), parent: footer.identity.keyNumber
            ).signature)
        let key = Canary.key(sequence: footer.identity.sequence)
        #expect(Canary.isGenuine(key, value, footer))
        #expect(!Canary.isGenuine(Canary.key(sequence: 7), value, footer))
        #expect(!Canary.isGenuine(key, Array("v".utf8), footer))
        var next = footer
        next.identity.sequence += 1
        #expect(!Canary.isGenuine(Canary.key(sequence: next.identity.sequence), value, next))
        let other = try BackedUpStore()
        let foreign = try ArchiveFile(path: try other.archive("full")).footer
        #expect(!Canary.isGenuine(key, value, foreign))
    }

    @Test func whetherThereIsOneStandsInTheArchive() throws {
        var identity = ArchiveIdentity(
            archiveID: [UInt8](repeating: 1, count: 16), storeID: try StoreID.random(),
            timeline: Timeline(number: 1, nonce: 2), keyNumber: 1, sequence: 1, created: 1,
            afterRevision: -1, parent: [UInt8](repeating: 0, count: 32),
            previous: [UInt8](repeating: 0, count: 32))
        identity.hasCanary = true
        var bytes = ArchiveBytes()
        identity.encode(into: &bytes)
        #expect(bytes.bytes.count == ArchiveIdentity.byteCount)
        var input = ArchiveBytes(reading: bytes.bytes)
        #expect(ArchiveIdentity(&input) == identity)
    }
}
