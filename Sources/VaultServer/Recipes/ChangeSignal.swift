import Synchronization
import VaultStore

/// Says that something has changed, and no more: whoever is told looks for itself. Several changes
/// may be told as one.
final class ChangeSignal: WatchReceiver {
    /// Why a wait ended.
    enum Ending: Sendable {
        case changed
        /// The vault was sealed.
        case closed
        /// There are too many watchers.
        case refused
    }

    let endings: AsyncStream<Ending>
    private let continuation: AsyncStream<Ending>.Continuation

    init() {
        (endings, continuation) = AsyncStream.makeStream(
            of: Ending.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Watches `ranges` from `revision` on. Close the stream when done.
    static func watching(
        _ ranges: [KeyRange], from revision: Revision, deletionsOnly: Bool, in store: Store
    ) throws(StoreError) -> (signal: ChangeSignal, stream: WatchStream) {
        let signal = ChangeSignal()
        let stream = try store.watch(signal)
        for range in ranges {
            var request = WatchRequest(range: range)
            request.startRevision = revision
            request.skipsPuts = deletionsOnly
            stream.create(request)
        }
        return (signal, stream)
    }

    /// Nothing is kept of what is told, so there is always room.
    var room: Int { 1 << 20 }

    func look() { continuation.yield(.changed) }

    func created(_ watchID: Int64, revision: Revision) {}
    func deliver(_ delivery: WatchDelivery) { look() }
    /// Compacted: what there is now says what has happened.
    func cancelled(_ watchID: Int64, revision: Revision, compactRevision: Revision?) { look() }
    func progressed(_ watchID: Int64?, revision: Revision) {}
    func caughtUpWithRequests() {}

    func refused(_ refusal: WatchRefusal, revision: Revision) { end(.refused) }

    func closed() { end(.closed) }

    private func end(_ ending: Ending) {
        continuation.yield(ending)
        continuation.finish()
    }
}
