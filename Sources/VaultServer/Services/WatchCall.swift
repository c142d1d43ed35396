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
    private let account: String?
    private let seats: WatchSeats
    private var isOver = false
    private var observation: Int?

    /// nil when the call is refused, and over.
    init?(call: StreamCall, gate: ServerGate, open: OpenVault) {
        guard let identity = gate.identity(of: call) else { return nil }
        self.call = call
        self.gate = gate
        account = identity.account
        let me = WeakReference<WatchCall>()
        grants = WatchGrants(keepsNothing: identity.rights.isOwner && identity.account == nil) {
            me.value?.recheckSoon()
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
        let version = gate.access.version
        let identity = gate.access.identity(of: call.caller, loggedInAs: account)
        let refusal = takeSeat(for: request, by: identity)
        let isRecorded = gate.record(
            call, by: identity, request.range, isRefused: refusal == .denied,
            status: refusal == .tooManyWatchers ? StatusTable.tooManyRequests : .ok)
        guard isRecorded else { return close() }
        grants.asked(refusal == nil ? request.range : nil, by: identity.subject)
        // Rules that came since then did not see it among what was asked.
        if gate.access.version != version { grants.revoke(by: gate.access) }
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

    /// What is lost is lost when this returns, however busy the event loop is: the change is
    /// answered then, and what is written afterwards must not be seen.
    func rightsMayHaveChanged() {
        grants.revoke(by: gate.access)
        recheckSoon()
    }

    private func recheckSoon() {
        call.eventLoop.execute { self.recheck() }
    }

    func endLogin(of user: String?) {
        guard AccessControl.isEnded(account, with: user) else { return }
        call.eventLoop.execute {
            if !self.isOver { self.finish(StatusTable.status(of: AccessError.invalidToken)) }
        }
    }

    private func recheck() {
        guard !isOver else { return }
        let identity = gate.access.identity(of: call.caller, loggedInAs: account)
        grants.revoke(beyond: identity.rights)
        for id in grants.takeEndings() { stream.cancel(id) }
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
