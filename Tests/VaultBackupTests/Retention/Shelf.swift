import VaultTestSupport

@testable import VaultBackup

/// A directory of archives, as a prune sees it.
struct Shelf {
    static let hour: Int64 = 3_600_000
    static let day: Int64 = 24 * hour
    static let store = String(repeating: "ab", count: 16)
    /// 2026-03-02T00:30:00Z, a Monday.
    static let start: Int64 = 1_772_411_400_000

    private(set) var entries: [ArchiveEntry] = []
    private var made: UInt64 = 0

    /// Makes an archive that continues the one with `parent` (a full one without), and returns
    /// its digest.
    @discardableResult
    mutating func add(
        at time: Int64, continuing parent: String? = nil, store: String = Shelf.store
    ) -> String {
        made += 1
        let digest = "d\(made)"
        entries.append(
            ArchiveEntry(
                fileName: "\(digest).vab", archiveID: "id\(made)", storeID: store, timeline: 1,
                sequence: made, digest: digest, parent: parent,
                afterRevision: parent == nil ? -1 : Int64(made) - 1, lastRevision: Int64(made),
                created: time, byteCount: 1, recordCount: 1))
        return digest
    }

    mutating func change(_ digest: String, _ body: (inout ArchiveEntry) -> Void) {
        for index in entries.indices where entries[index].digest == digest {
            body(&entries[index])
        }
    }

    mutating func remove(_ fileName: String) { entries.removeAll { $0.fileName == fileName } }

    /// Everything authentic, and now just after the newest of it.
    var input: PruneInput {
        var input = PruneInput()
        input.candidates = entries.map { .init($0, isAuthentic: true) }
        input.now = (entries.map(\.created).max() ?? Self.start) + 1000
        return input
    }

    /// A full archive every day.
    static func daily(_ count: Int) -> Shelf {
        var shelf = Shelf()
        for day in 0..<count { shelf.add(at: start + Int64(day) * Self.day) }
        return shelf
    }
}
