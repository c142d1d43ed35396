import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultStore

/// A closed store with a history, and what somebody with access to the disk may have kept of it.
final class TamperedVault {
    let fixture: StoreFixture
    /// As it was closed.
    let rows: StoredRows
    /// Earlier moments of the same store, and one that it never had: it was copied, and the copy
    /// went on with the same keys. All of them are authentic.
    let kept: [StoredRows]
    private let checked: [UInt8]

    init(seed: UInt64, checksStateHash: Bool = true) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try StoreFixture { $0.checksStateHash = checksStateHash }
        self.fixture = fixture
        var kept: [StoredRows] = []
        try Self.change(fixture, &random, count: 60)
        kept.append(try StoredRows(of: fixture.store.log))
        try Self.change(fixture, &random, count: 60)
        _ = try fixture.write(.replaceAccess(Bytes("old rules".utf8)))
        kept.append(try StoredRows(of: fixture.store.log))
        let floor = Revision(fixture.store.revision.rawValue - 40)
        _ = try fixture.write(.compact(floor, physical: true))
        try fixture.reopen()
        fixture.store.close()
        let fork = try fixture.readFile("data.mdb")
        try fixture.openAgain()
        try Self.change(fixture, &random, count: 30)
        kept.append(try StoredRows(of: fixture.store.log))
        fixture.store.close()
        try fixture.writeFile("data.mdb", fork)
        try fixture.openAgain()
        try Self.change(fixture, &random, count: 30)
        _ = try fixture.write(.replaceAccess(Bytes("new rules".utf8)))
        rows = try StoredRows(of: fixture.store.log)
        self.kept = kept
        fixture.store.close()
        checked = try fixture.readFile("data.mdb")
    }

    private static func change(
        _ fixture: StoreFixture, _ random: inout SeededRandom, count: Int
    ) throws {
        for _ in 0..<count {
            let key = Bytes("app/\(Int.random(in: 0..<20, using: &random))".utf8)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: key))))
            case 1:
                let id = LeaseID(Int64.random(in: 1...6, using: &random))
                let ttl = Duration.seconds(Int64.random(in: 100...10_000, using: &random))
                do { _ = try fixture.write(.grantLease(id, ttl: ttl)) } catch StoreError.leaseExists
                {
                    _ = try fixture.write(.revokeLease(id))
                }
            default:
                let size = random.pick([3, 40, 400, 6_000])
                _ = try fixture.write(
                    .put(PutOperation(key: key, value: random.bytes(size))))
            }
        }
    }

    /// The file as it was closed.
    var original: [UInt8] { checked }

    /// A sound file with those rows, as the disk of the store.
    func install(_ rows: StoredRows) throws {
        let directory = try TemporaryDirectory()
        try rows.write(
            to: directory.path, cipher: fixture.cipher, stateHashKey: fixture.stateHashKey)
        var file = try fixture.readFile(directory.path + "/data.mdb")
        StoredRows.number(&file, as: rows.transaction)
        try fixture.writeFile("data.mdb", file)
    }

    /// Unseals. What was refused, or nil when it opened, with what the file holds then.
    func unseal() throws -> (refusal: String?, rows: StoredRows?) {
        do {
            try fixture.openAgain()
        } catch StoreError.damaged(let what) {
            return (what, nil)
        }
        defer { fixture.store.close() }
        return (nil, try StoredRows(of: fixture.store.log))
    }
}
