extension WatchHub {
    /// Why there can be no such watcher; nil when there can.
    func refusal(of request: WatchRequest, on stream: Int) -> WatchRefusal? {
        let range = request.range
        if !range.isSingleKey, !range.isUnbounded,
            !range.key.lexicographicallyPrecedes(range.rangeEnd)
        {
            return .emptyRange
        }
        if request.watchID != 0, streams[stream].watchers[request.watchID] != nil {
            return .duplicateID
        }
        if request.startRevision.rawValue < 0 { return .negativeRevision }
        let isFull =
            watchers.count >= limits.watchersMax
            || streams[stream].watchers.count >= limits.watchersPerStreamMax
            || rangeBytes + range.key.count + range.rangeEnd.count > limits.rangeBytesMax
        return isFull ? .tooManyWatchers : nil
    }
}
