import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// The requests of one watch stream, on their way to the store. Lives on its connection's event
/// loop; `WatchResponder` answers.
///
/// SAFETY (@unchecked Sendable): everything but `rightsMayHaveChanged` runs on the event loop.
final class WatchCall: StreamHandler, RightsObserver, @unchecked Sendable {
    private let call: StreamCall
    private let gate: ServerGate
    private let stream: WatchStream
    private let grants: WatchGrants
    private let seats: WatchSeats
    private var isOver = false
    private var observation: Int?

    /// nil when the call is refused, and over.
    init?(call: StreamCall, gate: ServerGate, open: OpenVault) {
        guard let identity = gate.identity(of: call) else { return nil }
        self.call = call
        self.gate = gate
        let me = WeakReference<WatchCall>()
        grants = WatchGrants(keepsNothing: identity.rights.isOwner && identity.account == nil) {
            me.value?.rightsMayHaveChanged()
        }
        seats = WatchSeats(gate.quotas)
        let responder = WatchResponder(
            call: call, header: open.header, grants: grants, seats: seats)
        do throws(StoreError) {
            stream = try open.store.watch(responder)
        } catch {
            gate.end(call, gate.vault.refusal(for: error))
            return nil
        }
        me.value = self
        observation = gate.access.add(self)
    }

    /// The call may end without a word: when the vault is sealed, the store ends it.
    deinit {
        seats.close()
        if let observation { gate.access.remove(stream: observation) }
    }

    func received(_ message: ByteBuffer) {
        guard !isOver else { return }
        switch Answer.decoded(message, as: Etcdserverpb_WatchRequest.self) {
        case .failure(let status):
            close()
            return gate.end(call, status)
        case .success(let request):
            switch request.requestUnion {
            case .createRequest(let create): self.create(WatchRequest(create))
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

    /// Decided by the range that the store will watch, after etcd's conventions were applied.
    private func create(_ request: WatchRequest) {
        guard let identity = gate.identity(of: call) else { return close() }
        let refusal = takeSeat(for: request, by: identity)
        let isRecorded = gate.record(
            call, by: identity, request.range, isRefused: refusal == .denied,
            status: refusal == .tooManyWatchers ? StatusTable.tooManyRequests : .ok)
        guard isRecorded else { return close() }
        grants.asked(refusal == nil ? request.range : nil)
        if let refusal { stream.refuse(refusal) } else { stream.create(request) }
    }

    /// Why the watcher may not be had; nil when it may.
    private func takeSeat(
        for request: WatchRequest, by identity: CallerIdentity
    ) -> WatchRefusal? {
        guard identity.rights.allowsRead(request.range) else {
            seats.pass()
            return .denied
        }
        if identity.rights.isOwner {
            seats.pass()
            return nil
        }
        let isFree = seats.take(for: gate.quotaBook.owner(of: identity.subject))
        return isFree ? nil : .tooManyWatchers
    }

    func rightsMayHaveChanged() {
        call.eventLoop.execute { self.recheck() }
    }

    private func recheck() {
        guard !isOver, let identity = gate.identity(of: call) else { return close() }
        for id in grants.revoke(beyond: identity.rights) { stream.cancel(id) }
    }

    /// The call has ended.
    private func close() {
        guard !isOver else { return }
        isOver = true
        stream.close()
        seats.close()
        if let observation { gate.access.remove(stream: observation) }
    }

    private func finish(_ status: Status) {
        close()
        call.finish(status)
    }

    /// The watchers go on, as with etcd.
    func halfClosed() {}

    func cancelled() { close() }

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
