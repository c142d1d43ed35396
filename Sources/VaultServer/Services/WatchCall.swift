import NIOCore
import RPC
import VaultAPI
import VaultStore

/// The requests of one watch stream, on their way to the store. Lives on its connection's event
/// loop; `WatchResponder` answers.
final class WatchCall: StreamHandler {
    private let call: StreamCall
    private let stream: WatchStream
    private var isOver = false

    init(call: StreamCall, stream: WatchStream) {
        self.call = call
        self.stream = stream
    }

    func received(_ message: ByteBuffer) {
        guard !isOver else { return }
        switch Answer.decoded(message, as: Etcdserverpb_WatchRequest.self) {
        case .failure(let status): return finish(status)
        case .success(let request):
            switch request.requestUnion {
            case .createRequest(let create): stream.create(WatchRequest(create))
            case .cancelRequest(let cancel): stream.cancel(cancel.watchID)
            case .progressRequest: stream.requestProgress()
            // Nothing, or something newer: etcd passes over it.
            case nil: return
            }
        }
        guard stream.waitingRequests >= Limits.watchRequestsMax else { return }
        call.pauseReading()
        // The last of them may have been answered just before.
        if stream.waitingRequests == 0 { call.resumeReading() }
    }

    private func finish(_ status: Status) {
        isOver = true
        stream.close()
        call.finish(status)
    }

    /// The watchers go on, as with etcd.
    func halfClosed() {}

    func cancelled() { stream.close() }

    func writable() { stream.resume() }

    func draining() {
        guard !isOver else { return }
        finish(StatusTable.stopping)
    }
}

extension WatchRequest {
    fileprivate init(_ request: Etcdserverpb_WatchCreateRequest) {
        // As etcd: no key is the smallest one.
        let key = request.key.isEmpty ? [0] : Bytes(request.key)
        self.init(range: KeyRange(key: key, rangeEnd: Bytes(request.rangeEnd)))
        startRevision = Revision(request.startRevision)
        watchID = request.watchID
        skipsPuts = request.filters.contains(.noput)
        skipsDeletes = request.filters.contains(.nodelete)
        wantsPrevious = request.prevKv
        wantsProgress = request.progressNotify
        allowsFragments = request.fragment
    }
}
