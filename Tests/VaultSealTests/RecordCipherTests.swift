import Testing

@testable import VaultSeal

@Suite("Record cipher")
struct RecordCipherTests {
    static let place = RecordPlace.log(main: 41, sub: 3)

    @Test func `What was sealed opens again, whatever its size`() throws {
        var random = Seeded("record sizes")
        let cipher = try CipherParts().cipher()
        for count in Array(0...200) + [255, 256, 257, 1023, 1024, 1025, 4096, 65_537, 1_500_000] {
            let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let record = try cipher.seal(payload, at: Self.place)
            #expect(try cipher.open(record, at: Self.place) == payload, "\(count) bytes")
        }
    }

    @Test func `Sizes show in steps of 64 bytes only`() {
        let size = RecordCipher.sealedCount
        #expect(Set((0...64).map(size)) == [120])
        #expect(Set((65...128).map(size)) == [184])
        #expect(size(129) == 248)
    }

    @Test func `No two records of one payload are alike`() throws {
        let cipher = try CipherParts().cipher()
        let records = Set(
            try (0..<1000).map { _ in try cipher.seal([1, 2, 3], at: Self.place).suffix(from: 12) })
        #expect(records.count == 1000)
    }

    @Test func `A record shows nothing of its payload`() throws {
        let payload = Array("a telling name and its value".utf8)
        let record = try CipherParts().cipher().seal(payload, at: Self.place)
        for start in 0...(record.count - 4) {
            #expect(
                !payload.indices.dropLast(3).contains { index in
                    payload[index..<(index + 4)] == record[start..<(start + 4)]
                })
        }
    }

    @Test func `Every flipped bit is refused and leaves no plaintext`() throws {
        let cipher = try CipherParts().cipher()
        let payload = [UInt8](repeating: 0x5A, count: 70)
        let record = try cipher.seal(payload, at: Self.place)
        for bit in 0..<(record.count * 8) {
            var changed = record
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            var residue: [UInt8] = []
            let error = failure { () throws(SealError) in
                _ = try cipher.open(changed, at: Self.place, residue: &residue)
            }
            switch (bit / 8, error) {
            case (0, .unsupportedFormat), (4..<8, .unknownDataKey), (_, .damaged): break
            default: Issue.record("bit \(bit): \(String(describing: error))")
            }
            #expect(residue.allSatisfy { $0 == 0 }, "bit \(bit)")
        }
    }

    @Test func `Every truncation and every extension is refused`() throws {
        let cipher = try CipherParts().cipher()
        let record = try cipher.seal([UInt8](repeating: 1, count: 70), at: Self.place)
        for count in 0..<record.count {
            let error = failure { () throws(SealError) in
                _ = try cipher.open(Array(record.prefix(count)), at: Self.place)
            }
            #expect(error?.isDamaged == true, "\(count) bytes: \(String(describing: error))")
        }
        for count in [1, 63, 64, 128] {
            let longer = record + [UInt8](repeating: 0, count: count)
            let error = failure { () throws(SealError) in
                _ = try cipher.open(longer, at: Self.place)
            }
            #expect(error?.isDamaged == true)
        }
    }

    @Test func `A record opens at its own place only`() throws {
        let cipher = try CipherParts().cipher()
        let places: [RecordPlace] = [
            .log(main: 41, sub: 3), .log(main: 41, sub: 4), .log(main: 42, sub: 3),
            .log(main: 3, sub: 41), .log(main: 0, sub: 0), .state, .table(id: 1, key: 41),
            .table(id: 1, key: 42), .table(id: 2, key: 41), .table(id: 0, key: 0),
        ]
        for written in places {
            let record = try cipher.seal([9], at: written)
            for read in places {
                let error = failure { () throws(SealError) in
                    _ = try cipher.open(record, at: read)
                }
                #expect((error == nil) == (written == read), "\(written) at \(read)")
                #expect(error == nil || error?.isDamaged == true)
            }
        }
    }

    @Test func `A record of another vault is refused`() throws {
        var other = CipherParts()
        let record = try other.cipher().seal([9], at: Self.place)
        other.storeID = StoreID(bytes: Array(1..<17))
        #expect(throws: SealError.damaged(what: "record: it was changed or belongs elsewhere")) {
            try other.cipher().open(record, at: Self.place)
        }
    }

    @Test func `A data key that the keyring lacks is named`() throws {
        var other = CipherParts()
        other.dataKeys = [(1, 0xA1), (7, 0xA7)]
        let record = try other.cipher().seal([9], at: Self.place)
        #expect(throws: SealError.unknownDataKey(number: 7)) {
            try CipherParts().cipher().open(record, at: Self.place)
        }
    }

    @Test func `The newest data key seals and the older ones still open`() throws {
        var parts = CipherParts()
        let old = try parts.cipher().seal([1], at: Self.place)
        parts.dataKeys = [(1, 0xA1), (2, 0xA2)]
        let rotated = try parts.cipher()
        let new = try rotated.seal([2], at: Self.place)
        #expect(new[4] == 2)
        #expect(try rotated.open(old, at: Self.place) == [1])
        #expect(try rotated.open(new, at: Self.place) == [2])
        // The same number, another key: what a forged keyring would do.
        parts.dataKeys = [(1, 0xB1), (2, 0xA2)]
        #expect(throws: SealError.self) { try parts.cipher().open(old, at: Self.place) }
    }

    @Test func `After closing nothing opens and nothing is sealed`() throws {
        let cipher = try CipherParts().cipher()
        let record = try cipher.seal([1], at: Self.place)
        cipher.close()
        cipher.close()
        #expect(throws: SealError.closed) { try cipher.open(record, at: Self.place) }
        #expect(throws: SealError.closed) { try cipher.seal([1], at: Self.place) }
    }
}
