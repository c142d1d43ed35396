import LMDB
import Synchronization
import Testing
import VaultTestSupport

/// The zeros beyond the last page.
@Suite struct ReserveTests {
    private static let mebibyte = 1 << 20

    @Test func itIsLowUntilItIsGrown() throws {
        let fixture = try FileFixture()
        let environment = fixture.environment
        #expect(environment.isReserveLow)
        environment.reserveGrowth()
        #expect(!environment.isReserveLow)
        let bytes = environment.fileBytes()
        #expect(bytes >= 2 * Self.mebibyte)
        environment.reserveGrowth(besideCommits: true)
        #expect(environment.fileBytes() == bytes, "there was enough")
    }

    /// What is grown while pages are written comes after them, wherever they are.
    @Test func itOverwritesNothingThatIsCommittedMeanwhile() throws {
        let fixture = try FileFixture()
        let environment = fixture.environment
        let isDone = Atomic<Bool>(false)
        let thread = TestThread {
            while !isDone.load(ordering: .acquiring) {
                environment.reserveGrowth(besideCommits: true)
            }
        }
        // Faster than zeros are written: the commits reach the file's end, too.
        let value = [UInt8](repeating: 0xa5, count: 3 * Self.mebibyte)
        for number in 0..<60 as Range<UInt8> {
            var transaction = try environment.beginWrite()
            try transaction.put(fixture.tables[0], [number], value)
            try transaction.commit()
        }
        isDone.store(true, ordering: .releasing)
        thread.join()
        for number in 0..<60 as Range<UInt8> {
            #expect(try fixture.get(fixture.tables[0], [number]) == value, "value \(number)")
        }
        #expect(try FileCheck.open(path: fixture.path).transaction > 60)
    }
}
