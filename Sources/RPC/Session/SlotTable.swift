/// The streams of a connection, found by small numbers that nghttp2 keeps for us. A stream object
/// stays in its slot when the stream closes and serves the next one.
struct SlotTable<Stream: AnyObject> {
    private var streams: [Stream] = []
    private var free: [Int] = []
    private(set) var liveCount = 0

    subscript(slot: Int) -> Stream { streams[slot] }

    /// A stream without a reference, for what comes with every request.
    ///
    /// SAFETY: a stream object stays in its slot for as long as there is a table.
    @inline(__always)
    func unmanaged(_ slot: Int) -> Unmanaged<Stream> { Unmanaged.passUnretained(streams[slot]) }

    /// Every stream object, live or not.
    var all: [Stream] { streams }

    /// Takes a free slot; `make` builds its stream when there was none.
    mutating func take(_ make: (_ slot: Int) -> Stream) -> Int {
        liveCount += 1
        if let slot = free.popLast() { return slot }
        streams.append(make(streams.count))
        return streams.count - 1
    }

    mutating func giveBack(slot: Int) {
        liveCount -= 1
        free.append(slot)
    }
}
