/// The far end of one watch stream. Everything is called on the store's watch thread, in the order
/// in which the client must see it, and must be quick.
public protocol WatchReceiver: AnyObject, Sendable {
    /// Bytes that the receiver takes before it wants a pause; zero or less pauses deliveries until
    /// `WatchStream.resume`. A delivery may exceed it by one revision.
    var room: Int { get }

    /// A watcher exists; nothing with its id came before.
    func created(_ watchID: Int64, revision: Revision)
    /// A watcher was not created; the stream goes on.
    func refused(_ refusal: WatchRefusal, revision: Revision)
    func deliver(_ delivery: WatchDelivery)
    /// The watcher has ended: nothing with its id follows. With `compactRevision` because what it
    /// needs next was compacted, otherwise because the client asked.
    func cancelled(_ watchID: Int64, revision: Revision, compactRevision: Revision?)
    /// Every event up to `revision` was delivered: to the watcher, or, without `watchID`, to all of
    /// the stream.
    func progressed(_ watchID: Int64?, revision: Revision)
    /// Nothing more follows at once: what was held back, so as to go out together, must go.
    func flush()
    /// Everything that was asked of the stream so far has been answered.
    func caughtUpWithRequests()
    /// The store was closed; nothing follows.
    func closed()
}

extension WatchReceiver {
    /// For receivers that hold nothing back.
    public func flush() {}
}
