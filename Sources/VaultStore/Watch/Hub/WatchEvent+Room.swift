extension [WatchEvent] {
    /// How many of the events fit into `room`, in whole revisions, one at least.
    func countFitting(_ room: Int) -> Int {
        var bytes = 0
        var fitting = 0
        for index in indices {
            bytes += self[index].byteCount
            let isLast =
                index + 1 == count || self[index + 1].modRevision != self[index].modRevision
            if isLast, bytes <= room || fitting == 0 { fitting = index + 1 }
            if bytes > room && fitting > 0 { break }
        }
        return fitting
    }
}
