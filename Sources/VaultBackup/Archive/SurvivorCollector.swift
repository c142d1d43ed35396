/// Takes the list at the start of an archive that says what of the older ones still exists.
struct SurvivorCollector: ArchiveItems.Visitor {
    private(set) var places: [ArchivePlace] = []
    /// The list is over.
    private(set) var isDone = false

    mutating func kept(_ places: [ArchivePlace]) throws(BackupError) {
        if let last = self.places.last, let next = places.first, !(last < next) {
            throw ArchiveItems.malformed
        }
        self.places += places
    }

    mutating func record(_ place: ArchivePlace, _ payload: UnsafeRawBufferPointer) {
        isDone = true
    }

    mutating func lease(id: Int64, _ payload: UnsafeRawBufferPointer) { isDone = true }

    mutating func access(_ payload: UnsafeRawBufferPointer) { isDone = true }
}
