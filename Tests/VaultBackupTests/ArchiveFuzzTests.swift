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
        let full = try backed.archive("full")
        try backed.delete("k2")
        try backed.compact(backed.store.revision.rawValue)
        let part = try backed.archive("part", since: try ArchiveFile(path: full))
        let originals = try [full, part].map { (path: $0, bytes: try Files.read($0)) }
        let target = backed.scratch.file("target")
        for round in 0..<300 {
            let index = Int(random.next() % 2)
            var bytes = originals[index].bytes
            Self.mutate(&bytes, &random)
            guard bytes != originals[index].bytes else { continue }
            try Files.write(bytes, to: originals[index].path)
            do {
                let opened = try backed.opened(full, part)
                defer { opened.close() }
                // Some are restored at once: what a restore reads, it verifies by itself.
                if round % 3 == 0 {
                    _ = try Restore.run(opened, into: target)
                } else {
                    _ = try opened.verifyRecords()
                }
                Issue.record("a mutant passes, seed \(seed)")
            } catch let error as BackupError {
                #expect([12, 13, 14, 17, 24].contains(error.exitCode), "\(error.message)")
            }
            #expect(!Files.exists(target), "a mutant was restored, seed \(seed)")
            try Files.write(originals[index].bytes, to: originals[index].path)
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
