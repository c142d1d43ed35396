import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// `etcdserverpb.Lease`.
final class LeaseService: Sendable {
    private let gate: ServerGate
    private var vault: Vault { gate.vault }
    private let reads: LongReads
    private let keepAlives = OpenStreams()

    init(gate: ServerGate, reads: LongReads) {
        self.gate = gate
        self.reads = reads
        gate.vault.observe { [weak self] in self?.endKeepAlives() }
    }

    var routes: [Route] {
        [
            .unary(Methods.Lease.leaseGrant.path) { self.grant($0, $1) },
            .unary(Methods.Lease.leaseRevoke.path) { self.revoke($0, $1) },
            .stream(Methods.Lease.leaseKeepAlive.path) { self.keepAlive($0) },
            .unary(Methods.Lease.leaseTimeToLive.path) { self.timeToLive($0, $1) },
            .unary(Methods.Lease.leaseLeases.path) { self.leases($0, $1) },
        ]
    }

    private func grant(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_LeaseGrantRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            return vault.submit(
                .grantLease(LeaseID(request.id), ttl: .seconds(request.ttl)), for: call)
        }
    }

    private func revoke(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_LeaseRevokeRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let id = LeaseID(request.id)
            let record = call.record
            do throws(VaultError) {
                let store = try vault.open().store
                do throws(StoreError) {
                    guard try record.rights.allowsWrite(keysOf: id, in: store) else {
                        return record.refuse()
                    }
                } catch {
                    return .failure(vault.refusal(for: error))
                }
            } catch {
                return .failure(StatusTable.status(of: error))
            }
            return vault.submit(.revokeLease(id), for: call)
        }
    }

    private func keepAlive(_ call: StreamCall) -> any StreamHandler {
        let handler = LeaseKeepAlive(call: call, gate: gate, open: keepAlives)
        // It is among the open ones first: a seal that comes now ends it, or is seen here.
        if let refusal = refusal() {
            handler.cancelled()
            gate.end(call, refusal)
            return IgnoringHandler()
        }
        return handler
    }

    private func refusal() -> Status? {
        do throws(VaultError) {
            _ = try vault.open()
            return nil
        } catch {
            return StatusTable.status(of: error)
        }
    }

    /// A sealed vault renews nothing. Clients say little on these streams, and would find out with
    /// their next renewal, which for a lease of a day is hours away.
    private func endKeepAlives() {
        if !vault.isServing { keepAlives.finishAll(StatusTable.sealed) }
    }

    private func timeToLive(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_LeaseTimeToLiveRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let id = LeaseID(request.id)
            let rights = call.record.rights
            return read(
                call,
                size: { (store) throws(StoreError) in
                    try store.timeToLive(of: id, wantsKeys: false)?.keyCount ?? 0
                },
                { (open) throws(StoreError) in
                    let revision = open.store.revision
                    let found = try open.store.timeToLive(of: id, wantsKeys: request.keys)
                    // Those that are told, and not those that there were when it was asked.
                    guard rights.allowsRead(keys: found?.keys ?? []) else { return nil }
                    return ResponseEncoding.timeToLive(
                        id, found, revision: revision, header: open.header)
                })
        }
    }

    private func leases(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Etcdserverpb_LeaseLeasesRequest.self)
        {
            return .failure(status)
        }
        return read(
            call, size: { (store) throws(StoreError) in try store.leaseCount() },
            { (open) throws(StoreError) in
                let revision = open.store.revision
                return ResponseEncoding.leases(
                    try open.store.leaseIDs(), revision: revision, header: open.header)
            })
    }

    /// Answers on the event loop; where `size` says that it is long, elsewhere. A body that gives
    /// nothing found that the caller may not know it.
    private func read(
        _ call: UnaryCall, size: (Store) throws(StoreError) -> Int,
        _ body: @escaping @Sendable (OpenVault) throws(StoreError) -> ByteBuffer?
    ) -> UnaryAnswer {
        let open: OpenVault
        do throws(VaultError) {
            open = try vault.open()
        } catch {
            return .failure(StatusTable.status(of: error))
        }
        do throws(StoreError) {
            if try size(open.store) <= Limits.inlineLeaseItemsMax {
                return try body(open).map { .message($0) } ?? call.record.refuse()
            }
        } catch {
            return .failure(vault.refusal(for: error))
        }
        let vault = vault
        return reads.answer(call) {
            do throws(StoreError) {
                if let answer = try body(open) {
                    call.finish(answer)
                } else {
                    call.record.isRefused = true
                    call.finish(StatusTable.permissionDenied)
                }
            } catch {
                call.finish(vault.refusal(for: error))
            }
            return true
        }
    }
}
