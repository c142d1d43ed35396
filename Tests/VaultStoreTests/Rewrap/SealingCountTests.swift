import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// How much was sealed under the newest data key, over restarts.
@Suite struct SealingCountTests {
    private func put(_ fixture: RotatingFixture, _ count: Int) throws {
        for _ in 0..<count {
            _ = try fixture.store.write(
                .put(PutOperation(key: [107], value: Bytes(repeating: 1, count: 200))))
        }
    }

    private func count(_ fixture: RotatingFixture) throws -> SealingCount {
        try #require(fixture.store.log.cipher.sealing)
    }

    @Test func everyPutIsARecordAndAHead() throws {
        let fixture = try RotatingFixture()
        let before = try count(fixture)
        try put(fixture, 10)
        let after = try count(fixture)
        #expect(after.dataKey == 1 && after.records == before.records + 20)
        #expect(after.bytes >= before.bytes + 10 * 200)
    }

    @Test func aRestartGoesOnWithTheCountOfTheLastCommit() throws {
        let fixture = try RotatingFixture()
        try put(fixture, 10)
        let before = try count(fixture)
        try fixture.reopen()
        let after = try count(fixture)
        // The head that carries the count was not in it yet.
        #expect(after.records == before.records - 1)
        #expect(after.bytes > 0 && after.bytes <= before.bytes)
    }

    @Test func anotherKeyBeginsAtNothingAndARetirementLeavesItsCount() throws {
        let fixture = try RotatingFixture()
        try put(fixture, 10)
        _ = try fixture.keyring.rotateDataKey()
        #expect(try count(fixture) == SealingCount(dataKey: 2))
        try put(fixture, 1)
        try fixture.rewrap()
        let before = try count(fixture)
        #expect(before.dataKey == 2 && before.records >= 12)
        #expect(try fixture.keyring.dataKeys().count == 1)
        try put(fixture, 1)
        #expect(try count(fixture).records == before.records + 2)
    }

    @Test func theCountOfAnOlderKeyMeansNothing() throws {
        let fixture = try RotatingFixture()
        try put(fixture, 10)
        _ = try fixture.keyring.rotateDataKey()
        try fixture.reopen()
        #expect(try count(fixture) == SealingCount(dataKey: 2))
    }

    @Test(arguments: [0, 19, 21]) func aHeadWithAnotherFieldIsRefused(size: Int) {
        let bytes = [UInt8](repeating: 1, count: size)
        #expect(bytes.withUnsafeBytes { SealingCount($0) } == nil)
    }

    @Test func theHeadReadsWhatItWrote() throws {
        var head = StoreHead()
        head.sealing = SealingCount(dataKey: 7, records: 1 << 33, bytes: 1 << 41)
        let bytes = head.encode()
        #expect(bytes.withUnsafeBytes { StoreHead.decode($0) } == head)
        head.sealing = nil
        let without = head.encode()
        #expect(without.withUnsafeBytes { StoreHead.decode($0) } == head)
    }
}
