import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// Every mutant of an archive is refused, or is what it was; none crashes the reader.
@Suite struct ArchiveFuzzTests {
    @Test(arguments: TestSeed.seeds(2 + TestSeed.soakRounds, for: "archive mutants"))
    func everyMutantIsRefusedOrHarmless(seed: UInt64) throws {
        print("everyMutantIsRefusedOrHarmless(): VAULT_SEED=\(seed)")
        var random = SeededRandom(seed: seed)
        let backed = try BackedUpStore()
        for number in 0..<60 { try backed.put("k\(number % 9)", "value \(number)") }
        let original = try Files.read(try backed.archive("full"))
        let path = backed.scratch.file("mutant")
        for _ in 0..<300 {
            var bytes = original
            Self.mutate(&bytes, &random)
            guard bytes != original else { continue }
            try Files.write(bytes, to: path)
            do {
                let file = try ArchiveFile(path: path)
                let opened = try OpenedChain(
                    ArchiveChain(of: [file]), with: BackedUpStore.credential(backed.keyfile))
                defer { opened.close() }
                _ = try opened.verifyRecords()
                Issue.record("a mutant passes, seed \(seed)")
            } catch let error as BackupError {
                #expect([12, 13, 14, 17, 24].contains(error.exitCode), "\(error.message)")
            }
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        func place() -> Int { Int(random.next() % UInt64(max(bytes.count, 1))) }
        switch random.next() % 6 {
        case 0, 1: bytes[place()] ^= UInt8(1) << UInt8(random.next() % 8)
        case 2: bytes.removeLast(min(bytes.count, 1 + place() / 4))
        case 3:
            let start = place()
            bytes.removeSubrange(start..<min(bytes.count, start + 1 + Int(random.next() % 64)))
        case 4:
            let start = place()
            bytes.insert(contentsOf: random.bytes(1 + Int(random.next() % 32)), at: start)
        default:
            // A size or a count that asks for a lot.
            let start = min(place(), max(bytes.count - 4, 0))
            for index in start..<min(start + 4, bytes.count) { bytes[index] = 0xff }
        }
    }
}
