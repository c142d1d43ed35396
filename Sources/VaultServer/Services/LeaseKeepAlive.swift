import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// One client that keeps leases alive: an answer for each message, in order. Lives on its
/// connection's event loop; a renewal touches memory only.
///
/// SAFETY (@unchecked Sendable): everything but `endLogin` runs on the event loop.
final class LeaseKeepAlive: StreamHandler, RightsObserver, @unchecked Sendable {
    private let call: StreamCall
    private let gate: ServerGate
    private var vault: Vault { gate.vault }
    private let open: OpenStreams
    private let id: Int
    private var isOver = false
    private var account: String?
    private var observation: Int?

    init(call: StreamCall, gate: ServerGate, open: OpenStreams) {
        self.call = call
        self.gate = gate
        self.open = open
        id = open.add(call)
        if let identity = gate.identity(of: call) {
            account = identity.account
            if account != nil { observation = gate.access.add(self) }
        } else {
            end()
        }
    }

    func received(_ message: ByteBuffer) {
        guard !isOver else { return }
        switch Answer.decoded(message, as: Etcdserverpb_LeaseKeepAliveRequest.self) {
        case .failure(let status): refuse(status)
        case .success(let request): renew(LeaseID(request.id))
        }
    }

    private func renew(_ id: LeaseID) {
        let open: OpenVault
        do throws(VaultError) {
            open = try vault.open()
        } catch {
            return refuse(StatusTable.status(of: error))
        }
        do throws(StoreError) {
            let identity = gate.access.identity(of: call.caller, loggedInAs: account)
            // A lease without keys is for whoever is named in the rules, and may not be any more.
            let isKnown = identity.rights.isKnown || identity.rights.isAdministrator
            let isAllowed =
                isKnown ? try identity.rights.allowsWrite(keysOf: id, in: open.store) : false
            guard gate.record(call, by: identity, isRefused: !isAllowed) else { return end() }
            guard isAllowed else { return finish(StatusTable.permissionDenied) }
            let revision = open.store.revision
            // A lease that is over is no error: the client reads it from the time, which is zero.
            let ttl = try open.store.keepAlive(id) ?? .zero
            call.send(
                ResponseEncoding.keepAlive(id, ttl: ttl, revision: revision, header: open.header))
        } catch {
            return finish(vault.refusal(for: error))
        }
        // Who does not read the answers is not asked for more.
        if !call.isWritable { call.pauseReading() }
    }

    /// Ends the call because of a message that has no line yet.
    private func refuse(_ status: Status) {
        end()
        gate.end(call, status)
    }

    private func finish(_ status: Status) {
        end()
        call.finish(status)
    }

    private func end() {
        isOver = true
        open.remove(id)
        if let observation { gate.access.remove(stream: observation) }
    }

    /// Asked for with every message.
    func rightsMayHaveChanged() {}

    func endLogin(of user: String?) {
        guard AccessControl.isEnded(account, with: user) else { return }
        call.eventLoop.execute {
            if !self.isOver { self.finish(StatusTable.status(of: AccessError.invalidToken)) }
        }
    }

    func halfClosed() {
        guard !isOver else { return }
        finish(.ok)
    }

    func cancelled() { end() }

    func writable() {
        call.resumeReading()
    }

    func draining() {
        guard !isOver else { return }
        finish(StatusTable.stopping)
    }
}
