import Testing
import VaultStore
import VaultTestSupport

/// A file that was cut off or tampered with is refused, or has lost nothing: never a crash, never a
/// wrong answer.
@Suite struct DamageTests {
    private static let pageSize = 4096

    private func makeFixture(_ random: inout SeededRandom) throws -> StoreFixture {
        let fixture = try StoreFixture()
        for number in 0..<300 {
            let key = Bytes("app/\(number % 90)".utf8)
            let count = [10, 100, 3_000, 9_000].randomElement(using: &random) ?? 0
            let value = Bytes(repeating: UInt8(truncatingIfNeeded: number), count: count)
            _ = try fixture.write(.put(PutOperation(key: key, value: value)))
        }
        _ = try fixture.write(.delete(DeleteOperation(range: .prefix(Array("app/1".utf8)))))
        _ = try fixture.write(.compact(Revision(150), physical: true))
        return fixture
    }

    private func content(_ store: Store) throws -> [KeyValue] {
        var sink = KeyValueSink()
        let scan = try store.scan(RangeQuery(range: .all))
        while try scan.next(into: &sink) == nil {}
        return sink.keyValues
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let pages = bytes.count / Self.pageSize
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        func page() -> Int { Int.random(in: 0..<pages, using: &random) * Self.pageSize }
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[offset] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeLast(bytes.count - offset)
        case 3:
            let start = page()
            for index in start..<(start + Self.pageSize) { bytes[index] = 0 }
        case 4:
            let (from, to) = (page(), page())
            for index in 0..<Self.pageSize { bytes[to + index] = bytes[from + index] }
        case 5:
            let (one, other) = (page(), page())
            for index in 0..<Self.pageSize { bytes.swapAt(one + index, other + index) }
        default:
            // A page header or a slot: what LMDB would trust.
            let start = page() + Int.random(in: 0..<64, using: &random)
            bytes[start] = UInt8.random(in: 0...255, using: &random)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func aMutatedFileIsRefusedOrWhole(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try makeFixture(&random)
        let expected = try content(fixture.store)
        fixture.store.close()
        let original = try fixture.readFile("data.mdb")
        // The reserve at the end is zeros; mutations there teach nothing.
        let used = (original.lastIndex { $0 != 0 } ?? 0) / Self.pageSize * Self.pageSize
        var refused = 0
        for round in 0..<150 {
            var bytes = Array(original[..<(used + Self.pageSize)])
            mutate(&bytes, &random)
            try fixture.writeFile("data.mdb", bytes)
            do {
                try fixture.openAgain()
                let found = try content(fixture.store)
                #expect(found == expected, "seed \(seed), round \(round)")
                _ = try fixture.write(.put(PutOperation(key: [1], value: [2])))
                fixture.store.close()
            } catch is StoreError {
                refused += 1
            }
        }
        // Most of the file is records: an alarm that never rings proves nothing.
        #expect(refused > 60, "seed \(seed)")
    }

    @Test func aFileThatIsNotOneIsRefused() throws {
        let fixture = try StoreFixture()
        fixture.store.close()
        for bytes in [[], [0], Array(repeating: 0, count: 8192), Array("not a database".utf8)] {
            try fixture.writeFile("data.mdb", bytes as [UInt8])
            #expect(throws: StoreError.self) { try fixture.openAgain() }
        }
    }
}
