import RPC
import VaultStore

/// The answers of one watch stream: encodes what the store's watch thread says, and sends it.
final class WatchResponder: WatchReceiver {
    private let call: StreamCall
    private let header: ResponseHeader
    private let grants: WatchGrants
    private let seats: WatchSeats

    init(call: StreamCall, header: ResponseHeader, grants: WatchGrants, seats: WatchSeats) {
        self.call = call
        self.header = header
        self.grants = grants
        self.seats = seats
    }

    var room: Int { call.unsentRoom }

    func created(_ watchID: Int64, revision: Revision) {
        grants.created(watchID)
        seats.created(watchID)
        send(WatchResponseEncoding(header, revision, watchID: watchID, isCreated: true))
    }

    func refused(_ refusal: WatchRefusal, revision: Revision) {
        grants.refused()
        seats.refused()
        send(
            WatchResponseEncoding(
                header, revision, watchID: -1, isCreated: true, isCancelled: true,
                cancelReason: Self.reason(refusal)))
    }

    private static let deniedText =
        "rpc error: code = PermissionDenied desc = etcdserver: permission denied"

    /// etcd's words.
    private static func reason(_ refusal: WatchRefusal) -> String {
        switch refusal {
        // The text that Go's gRPC makes of a status, which etcd sends as it is.
        case .denied: deniedText
        case .emptyRange: "mvcc: watcher range is empty"
        case .duplicateID: "mvcc: duplicate watch ID provided on the WatchStream"
        case .negativeRevision: "etcdserver: mvcc: required revision has been compacted"
        case .tooManyWatchers: "etcdserver: too many requests"
        }
    }

    func deliver(_ delivery: WatchDelivery) {
        guard grants.allows(delivery.watchID) else { return }
        var response = WatchResponseEncoding(
            header, delivery.revision, watchID: delivery.watchID)
        if delivery.events.count == 1 {
            response.event = Self.encoding(of: delivery.events[0], in: delivery)
            return send(response)
        }
        let events = delivery.events.map { Self.encoding(of: $0, in: delivery) }
        guard delivery.allowsFragments else {
            response.events = events[...]
            return send(response)
        }
        var start = 0
        while start < events.count {
            let end = Self.fragmentEnd(events, from: start)
            response.events = events[start..<end]
            response.isFragment = end < events.count
            send(response)
            start = end
        }
    }

    private static func encoding(of event: WatchEvent, in delivery: WatchDelivery) -> Bytes {
        event.encoding(withPrevious: delivery.wantsPrevious) {
            WatchEventEncoding.field($0, withPrevious: delivery.wantsPrevious)
        }
    }

    /// As many events as make no larger response than etcd's, one at least.
    private static func fragmentEnd(_ events: [Bytes], from start: Int) -> Int {
        var bytes = ResponseHeader.encodedMax + 2 * (1 + WireSize.varintMax)
        var end = start
        while end < events.count {
            bytes += events[end].count
            if bytes >= Limits.watchFragmentBytes && end > start { break }
            end += 1
        }
        return end
    }

    func cancelled(_ watchID: Int64, revision: Revision, compactRevision: Revision?) {
        seats.ended(watchID)
        send(
            WatchResponseEncoding(
                header, revision, watchID: watchID, isCancelled: true,
                compactRevision: compactRevision ?? .none,
                cancelReason: grants.ended(watchID) ? "" : Self.deniedText))
    }

    func progressed(_ watchID: Int64?, revision: Revision) {
        send(WatchResponseEncoding(header, revision, watchID: watchID ?? -1))
    }

    func flush() { call.flush() }

    func caughtUpWithRequests() { call.resumeReading() }

    func closed() { call.finish(StatusTable.sealed) }

    private func send(_ response: WatchResponseEncoding) {
        call.send(count: response.count, more: true) { response.write(to: $0) }
    }
}
