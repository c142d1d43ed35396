@testable import VaultBackup

/// Counts the records of frames.
struct RecordCounter: ArchiveItems.Visitor {
    private(set) var count: UInt64 = 0

    mutating func kept(_ places: [ArchivePlace]) {}
    mutating func record(_ place: ArchivePlace, _ payload: UnsafeRawBufferPointer) { count += 1 }
    mutating func lease(id: Int64, _ payload: UnsafeRawBufferPointer) {}
    mutating func access(_ payload: UnsafeRawBufferPointer) {}
}
