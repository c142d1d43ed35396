import Glibc
import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultDoctor
import VaultSeal
import VaultStore

/// `vault.v1.Integrity/Check`: what the running daemon finds of itself. Answers in every state of
/// the vault. What anybody can see of the machine is looked at by whoever asks.
final class CheckService: Sendable {
    private let vault: Vault
    private let facts: ServerFacts
    private let reads: LongReads

    init(vault: Vault, facts: ServerFacts, reads: LongReads) {
        self.vault = vault
        self.reads = reads
        self.facts = facts
    }

    var routes: [Route] {
        [.unary(Methods.Integrity.check.path) { self.check($0, $1) }]
    }

    private func check(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_CheckRequest.self) {
            return .failure(status)
        }
        let open: OpenVault
        do throws(VaultError) { open = try vault.open() } catch {
            return Answer.unary(response(VaultFacts()))
        }
        // Keys may be waited for, and records counted.
        let isAccepted = reads.submit(user: call.peer.userID) {
            call.finish(Answer.encoded(self.response(Self.keyFacts(of: open))))
            return true
        }
        return isAccepted ? .later : Answer.unary(response(VaultFacts()))
    }

    /// What is known of the data keys alone.
    private static func keyFacts(of open: OpenVault) -> VaultFacts {
        var facts = VaultFacts()
        do throws(StoreError) {
            let use = try open.dataKeyUse()
            guard let newest = use.last else { return facts }
            facts.dataKeyAge =
                CalendarClock.now() / 1_000_000 - Int64(clamping: newest.key.created)
            facts.recordsUnderOldKeys = use.dropLast().reduce(into: UInt64(0)) {
                $0 += UInt64(clamping: $1.records)
            }
        } catch {
            // Sealed meanwhile: then nothing is known of them.
        }
        return facts
    }

    private func response(_ keyFacts: VaultFacts) -> Vault_V1_CheckResponse {
        var response = Vault_V1_CheckResponse()
        response.findings = findings(keyFacts).map { finding in
            var message = Vault_V1_Finding()
            message.id = finding.id
            message.severity = finding.severity.rawValue
            message.what = finding.what
            message.fix = finding.fix
            return message
        }
        return response
    }

    private func findings(_ keyFacts: VaultFacts) -> [Finding] {
        let vaultFacts = self.vaultFacts(keyFacts)
        var findings = ProcessRules.findings(SelfFacts.read(confinement: facts.confinement))
        if let process = ProcessFacts.read(getpid()) {
            let isUnsealed = vaultFacts.isInitialized && !vaultFacts.isSealed
            findings += ProcessRules.findings(process, isUnsealed: isUnsealed)
                // Asked of the kernel above, which is better than to guess it.
                .filter { $0.id != "dumpable" }
        }
        findings += VaultRules.findings(vaultFacts)
        findings += FileRules.findings(placeFacts(), now: CalendarClock.now() / 1_000_000)
        return findings
    }

    /// A throw-away vault's files go with it.
    private func placeFacts() -> PlaceFacts {
        let configuration = facts.configuration
        guard !facts.isDevelopment else {
            return .read(socket: configuration.socket, userID: geteuid())
        }
        return .read(
            directory: configuration.dataDirectory,
            keyfile: configuration.keyfile.isEmpty ? nil : configuration.keyfile,
            configuration: nil, socket: nil, userID: geteuid())
    }

    private func vaultFacts(_ keyFacts: VaultFacts) -> VaultFacts {
        let status = vault.status()
        var facts = keyFacts
        facts.isDevelopment = self.facts.isDevelopment
        facts.isInitialized = status.isInitialized
        facts.isSealed = status.isSealed
        if let keyring = status.keyring { facts.take(keyring) }
        facts.auditTrouble = vault.trail.log.map { AuditTrail.text(of: $0.state) } ?? ""
        facts.take(self.facts.configuration.audit)
        if let store = status.store {
            facts.usedBytes = store.usedBytes
            facts.storeTrouble = store.failure.map { StatusTable.text(of: $0) } ?? ""
            facts.isQuarantined = store.quarantinedSince != nil
            if let mark = store.backups, mark.confirmedSequence > 0 {
                facts.backupAge = max(
                    CalendarClock.now() / 1_000_000 - mark.confirmedTime / 1_000, 0)
            }
            facts.quotaBytes = store.quotaBytes
            let kinds = Set(store.alarms.map(\.kind))
            if store.noSpace || kinds.contains(.noSpace) { facts.alarms.append("NOSPACE") }
            if kinds.contains(.corrupt) { facts.alarms.append("CORRUPT") }
        }
        if status.damage != nil, !facts.alarms.contains("CORRUPT") {
            facts.alarms.append("CORRUPT")
        }
        return facts
    }
}
