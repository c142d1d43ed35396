import Testing
import VaultTestSupport

@testable import VaultStore

/// The store remembers how far the audit log was.
@Suite struct AuditSequenceTests {
    @Test func itIsRememberedAsItWasSaidLast() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.store.moment().auditSequence == 0)
        for sequence in [UInt64(7), 3] {
            _ = try fixture.store.write(.noteAudit(sequence))
            #expect(try fixture.store.moment().auditSequence == sequence)
            try fixture.reopen()
            #expect(try fixture.store.moment().auditSequence == sequence)
        }
        _ = try fixture.store.write(.put(PutOperation(key: [1], value: [2])))
        _ = try fixture.store.defragment()
        #expect(try fixture.store.moment().auditSequence == 3)
    }

    /// The log does not go with a copy: where that is a vault, another begins.
    @Test func aCopyKnowsOfNoLog() throws {
        let fixture = try StoreFixture()
        _ = try fixture.store.write(.noteAudit(7))
        let target = try TemporaryDirectory()
        do {
            let copy = try fixture.store.makeCopy()
            try Files.write(try Files.read(copy.path), to: target.file("data.mdb"))
        }
        let other = try Store.open(
            in: target.path, cipher: fixture.cipher, stateHashKey: fixture.stateHashKey)
        defer { other.close() }
        #expect(try other.moment().auditSequence == 0)
    }
}
