import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// What an old keyring opens of a file: everything that looks like a record is tried, wherever it
/// lies in a page, free ones included, and at every place where it could belong.
@Suite struct OldKeyringTests {
    private static let pageCount = 4_096

    private func put(_ store: Store, _ key: String) throws {
        _ = try store.write(
            .put(PutOperation(key: Bytes(key.utf8), value: Bytes("secret".utf8))))
    }

    @Test func afterRotationRewrapAndDefragmentationItOpensNothing() throws {
        let fixture = try RotatingFixture()
        for number in 0..<60 { try put(fixture.store, "k\(number)") }
        let old = try TemporaryDirectory()
        try Files.write(
            try Files.read(fixture.directory + "/keyring"), to: old.file("keyring"))
        let cipher = try fixture.openKeyring(in: old.path).cipher
        let before = try opened(fixture, with: cipher)
        #expect(before >= 60, "the search finds what is there")
        _ = try fixture.store.write(.destroy(Bytes("k7".utf8)))
        _ = try fixture.keyring.rotateDataKey()
        try fixture.rewrap()
        #expect(try opened(fixture, with: cipher) > 0, "old pages are expected to be there still")
        _ = try fixture.store.defragment()
        #expect(try opened(fixture, with: cipher) == 0)
        fixture.store.close()
        #expect(try opened(fixture, with: cipher) == 0)
        // The same search with the keyring of today finds all that is left.
        let newest = try fixture.openKeyring(in: fixture.directory).cipher
        #expect(try opened(fixture, with: newest) >= 60)
    }

    /// Records of the file that open.
    private func opened(_ fixture: RotatingFixture, with cipher: RecordCipher) throws -> Int {
        let file = try Files.read(fixture.directory + "/data.mdb")
        return file.withUnsafeBytes { file in
            stride(from: 0, to: file.count - Self.pageCount + 1, by: Self.pageCount).reduce(0) {
                $0
                    + opened(
                        UnsafeRawBufferPointer(rebasing: file[$1..<($1 + Self.pageCount)]), cipher)
            }
        }
    }

    private func opened(_ page: UnsafeRawBufferPointer, _ cipher: RecordCipher) -> Int {
        // A header: format 1, three zeros, a small number of a data key, timeline 1.
        (0..<(page.count - 120)).count { start in
            page[start] == 1 && page[start + 8] == 1
                && [1, 2, 3, 5, 6, 7, 9, 10, 11].allSatisfy { page[start + $0] == 0 }
                && opens(page, at: start, cipher)
        }
    }

    private func opens(
        _ page: UnsafeRawBufferPointer, at start: Int, _ cipher: RecordCipher
    ) -> Bool {
        var places: [RecordPlace] = [.state, .table(id: 2, key: 0)]
        for main in UInt64(1)...64 { places.append(.log(main: main, sub: 0)) }
        var buffer = Bytes(repeating: 0, count: Self.pageCount)
        for blocks in 1...4 {
            let end = start + RecordCipher.sealedCount(payloadCount: 64 * blocks)
            guard end <= page.count else { return false }
            let record = UnsafeRawBufferPointer(rebasing: page[start..<end])
            for place in places {
                let isOpen = buffer.withUnsafeMutableBytes { buffer in
                    do throws(SealError) {
                        _ = try cipher.open(record, at: place, into: buffer)
                        return true
                    } catch { return false }
                }
                if isOpen { return true }
            }
        }
        return false
    }
}
