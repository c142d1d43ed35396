import NIOCore
import RPC
import Synchronization
import VaultAPI
import VaultAccess
import VaultStore

/// One client that is told who leads, and what the leader says. A client that reads slowly misses
/// what was said in between, never the last word.
///
/// SAFETY (@unchecked Sendable): everything but `rightsMayHaveChanged` runs on the event loop.
final class ElectionObserver: StreamHandler, RightsObserver, @unchecked Sendable {
    private let call: StreamCall
    private let gate: ServerGate
    private let reads: LongReads
    private var task: Task<Void, Never>?
    private var range: KeyRange?
    private var account: String?
    private var observation: Int?
    private let signal = ChangeSignal()

    init(call: StreamCall, gate: ServerGate, reads: LongReads) {
        self.call = call
        self.gate = gate
        self.reads = reads
    }

    deinit {
        if let observation { gate.access.remove(stream: observation) }
    }

    func received(_ message: ByteBuffer) {
        guard task == nil else { return }
        switch Answer.decoded(message, as: V3electionpb_LeaderRequest.self) {
        case .failure(let status): gate.end(call, status)
        case .success(let request):
            let range = QueuePlace.range(of: Bytes(request.name))
            // Before the question who asks: rules that change from now on are heard of.
            self.range = range
            observation = gate.access.add(self)
            guard let identity = gate.identity(of: call) else { return }
            let isAllowed = identity.rights.allowsRead(range)
            guard gate.record(call, by: identity, range, isRefused: !isAllowed) else { return }
            guard isAllowed else { return call.finish(StatusTable.permissionDenied) }
            account = identity.account
            task = start(Bytes(request.name), range)
        }
    }

    func rightsMayHaveChanged() {
        call.eventLoop.execute {
            guard let task = self.task, let range = self.range else { return }
            let identity = self.gate.access.identity(
                of: self.call.caller, loggedInAs: self.account)
            guard !identity.rights.allowsRead(range) else { return }
            task.cancel()
            self.call.finish(StatusTable.permissionDenied)
        }
    }

    func endLogin(of user: String?) {
        call.eventLoop.execute {
            guard AccessControl.isEnded(self.account, with: user) else { return }
            self.task?.cancel()
            self.call.finish(StatusTable.status(of: AccessError.invalidToken))
        }
    }

    private func start(_ name: Bytes, _ range: KeyRange) -> Task<Void, Never> {
        let (call, signal, vault, reads) = (call, signal, gate.vault, reads)
        let (access, account) = (gate.access, account)
        // Asked in the same turn in which it is sent: rules may have changed since the leader was
        // read. Whoever is not told any more is told so by `rightsMayHaveChanged`.
        let send: @Sendable (ByteBuffer) -> Void = { message in
            call.eventLoop.execute {
                let rights = access.identity(of: call.caller, loggedInAs: account).rights
                if rights.allowsRead(range) { call.send(message) }
            }
        }
        return Task {
            do throws(Status) {
                let session = try StoreSession(
                    vault: vault, reads: reads, user: call.peer.userID)
                try await Self.observe(name, call, signal, session, send)
            } catch {
                call.finish(error)
            }
        }
    }

    private static func observe(
        _ name: Bytes, _ call: StreamCall, _ signal: ChangeSignal, _ session: StoreSession,
        _ send: @Sendable (ByteBuffer) -> Void
    ) async throws(Status) {
        let stream: WatchStream
        do throws(StoreError) {
            stream = try session.store.watch(signal)
        } catch {
            throw StatusTable.sealed
        }
        defer { stream.close() }
        stream.create(WatchRequest(range: QueuePlace.range(of: name)))
        signal.look()
        var told = Revision.none
        for await ending in signal.endings {
            switch ending {
            case .closed: throw StatusTable.sealed
            case .refused: throw StatusTable.tooManyRequests
            case .changed: break
            }
            // `writable` signals, too.
            guard call.isWritable else { continue }
            let (leader, revision) = try await ElectionService.leader(of: name, in: session)
            guard let leader, leader.modRevision != told else { continue }
            told = leader.modRevision
            send(
                ElectionService.response(
                    leader, revision: revision, header: session.open.header))
        }
    }

    /// Clients close their side after the one request; the stream goes on.
    func halfClosed() {}

    func cancelled() {
        task?.cancel()
    }

    func writable() {
        signal.look()
    }

    func draining() {
        task?.cancel()
        call.finish(StatusTable.stopping)
    }
}
