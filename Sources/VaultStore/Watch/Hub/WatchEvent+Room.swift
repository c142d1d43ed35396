extension [WatchEvent] {
    /// How many of the events fit into `room`, in whole revisions, one at least, and their bytes.
    /// Beside their own bytes they have those that `more` says; it is not asked about what comes
    /// after the first event that does not fit.
    func fitting(_ room: Int, more: (WatchEvent) -> Int) -> (count: Int, bytes: Int) {
        var bytes = 0
        var fitting = (count: 0, bytes: 0)
        for index in indices {
            bytes += self[index].byteCount + more(self[index])
            let isLast =
                index + 1 == count || self[index + 1].modRevision != self[index].modRevision
            if isLast, bytes <= room || fitting.count == 0 { fitting = (index + 1, bytes) }
            if bytes > room && fitting.count > 0 { break }
        }
        return fitting
    }
}
