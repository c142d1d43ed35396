import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultSeal
import VaultStore

/// `vault.v1.Vault`: what etcd's API has no words for. Answers in every state of the vault.
final class VaultService: Sendable {
    private let gate: ServerGate
    private var vault: Vault { gate.vault }
    private let reads: LongReads
    private let facts: ServerFacts

    init(gate: ServerGate, reads: LongReads, facts: ServerFacts) {
        self.gate = gate
        self.reads = reads
        self.facts = facts
    }

    var routes: [Route] {
        [
            .unary(Methods.Vault.status.path) { _, message in self.status(message) },
            .unary(Methods.Vault.initialize.path) { self.initialize($0, $1) },
            .stream(Methods.Vault.unseal.path) { UnsealCall(call: $0, service: self) },
            .unary(Methods.Vault.seal.path) { self.seal($0, $1) },
        ] + HistoryService(vault: vault, reads: reads).routes
    }

    private func status(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_StatusRequest.self) {
            return .failure(status)
        }
        return Answer.unary(statusResponse())
    }

    func statusResponse() -> Vault_V1_StatusResponse {
        let status = vault.status()
        var response = Vault_V1_StatusResponse()
        response.initialized = status.isInitialized
        response.sealed = status.isSealed
        response.version = Version.vaultd
        response.dev = facts.isDevelopment
        response.pid = facts.processID
        response.uptimeSeconds = facts.startedAt.duration(to: .now).components.seconds
        if let keyring = status.keyring {
            response.storeID = keyring.storeID.description
            response.timeline = keyring.timeline.number
            response.slots = keyring.slots.map { Vault_V1_Slot($0) }
        }
        if status.isSealed, let shares = status.shares {
            response.shares = Vault_V1_ShareProgress(shares.set, given: shares.given)
        }
        if let store = status.store {
            response.revision = store.revision.rawValue
            response.compactRevision = Self.compactRevision(of: store)
            response.keys = store.keyCount
            response.records = store.recordCount
            response.fileBytes = store.fileBytes
            response.usedBytes = store.usedBytes
            response.storeTrouble = store.failure.map { StatusTable.text(of: $0) } ?? ""
            response.quotaBytes = store.quotaBytes
            response.readOnly = store.isReadOnly
            response.quarantinedSince = store.quarantinedSince ?? 0
            response.backupTime = store.backups?.confirmedTime ?? 0
            response.backupRevision = store.backups?.confirmedRevision ?? 0
            let kinds = Set(store.alarms.map(\.kind))
            if store.noSpace || kinds.contains(.noSpace) { response.alarms.append("NOSPACE") }
            if kinds.contains(.corrupt) { response.alarms.append("CORRUPT") }
        }
        if status.damage != nil, !response.alarms.contains("CORRUPT") {
            response.alarms.append("CORRUPT")
        }
        if let log = vault.trail.log { response.auditTrouble = AuditTrail.text(of: log.state) }
        return response
    }

    /// etcd says -1 when nothing was compacted yet.
    static func compactRevision(of status: StoreStatus) -> Int64 {
        status.compactRevision > .none ? status.compactRevision.rawValue : -1
    }

    private func initialize(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        let slots: [NewSlot]
        switch CredentialDecoding.newSlots(message) {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let given): slots = given
        }
        let administrators: [Principal]
        switch CredentialDecoding.administrators(message) {
        case .failure(let status): return .failure(status)
        case .success(let given): administrators = given
        }
        vault.initialize(slots: slots, administrators: administrators) { result in
            switch result {
            case .failure(let error): call.finish(StatusTable.status(of: error))
            case .success(let outcome):
                var response = Vault_V1_InitResponse()
                response.storeID = outcome.keyring.storeID.description
                response.sealed = outcome.isSealed
                response.slots = outcome.keyring.slots.map { Vault_V1_Slot($0) }
                response.shares = outcome.shares.map(\.message)
                call.finish(Answer.encoded(response))
            }
        }
        return .later
    }

    private func seal(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_SealRequest.self) {
            return .failure(status)
        }
        vault.seal { result in
            switch result {
            case .success: call.finish(Answer.encoded(Vault_V1_SealResponse()))
            case .failure(let error): call.finish(StatusTable.status(of: error))
            }
        }
        return .later
    }

    /// What is no unseal, or none that can be tried. On the call's event loop.
    func refuseUnseal(_ call: StreamCall, _ error: VaultError) {
        gate.end(call, StatusTable.status(of: error))
    }

    func unseal(_ call: StreamCall, _ order: UnsealOrder) {
        let reporter = UnsealReporter(call: call)
        let progress: @Sendable (Vault.UnsealStep) -> Void = { reporter.report($0) }
        let completion: @Sendable (Result<Void, VaultError>) -> Void = { result in
            // Written down with its outcome, before the client hears of it.
            call.eventLoop.execute {
                guard let identity = self.gate.identity(of: call) else { return }
                switch result {
                case .success:
                    guard self.gate.record(call, by: identity) else { return }
                    reporter.finish(status: self.statusResponse())
                case .failure(let error):
                    let status = StatusTable.status(of: error)
                    guard self.gate.record(call, by: identity, status: status) else { return }
                    call.finish(status)
                }
            }
        }
        switch order.key {
        case .credential(let box):
            vault.unseal(
                with: box, acceptsDamage: order.acceptsDamage, progress: progress,
                completion: completion)
        case .share(let box):
            vault.unseal(
                withShare: box, acceptsDamage: order.acceptsDamage, progress: progress,
                completion: completion)
        case .forgetShares:
            completion(Result { () throws(VaultError) in try vault.forgetShares() })
        }
    }
}
