/// What the hub wants done, in this order.
enum WatchAction {
    case created(stream: Int, watchID: Int64, revision: Int64)
    case refused(stream: Int, WatchRefusal, revision: Int64)
    case deliver(stream: Int, WatchDelivery)
    case cancelled(stream: Int, watchID: Int64, compactRevision: Int64?)
    /// Without `watchID` it concerns the whole stream.
    case progressed(stream: Int, watchID: Int64?, revision: Int64)
}
