import Glibc
import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultDoctor
import VaultStore

/// `vault.v1.Integrity/Check`: what the running daemon finds of itself. Answers in every state of
/// the vault. What anybody can see of the machine is looked at by whoever asks.
final class CheckService: Sendable {
    private let vault: Vault
    private let facts: ServerFacts

    init(vault: Vault, facts: ServerFacts) {
        self.vault = vault
        self.facts = facts
    }

    var routes: [Route] {
        [.unary(Methods.Integrity.check.path) { _, message in self.check(message) }]
    }

    private func check(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_CheckRequest.self) {
            return .failure(status)
        }
        var response = Vault_V1_CheckResponse()
        response.findings = findings().map { finding in
            var message = Vault_V1_Finding()
            message.id = finding.id
            message.severity = finding.severity.rawValue
            message.what = finding.what
            message.fix = finding.fix
            return message
        }
        return Answer.unary(response)
    }

    func findings() -> [Finding] {
        let vaultFacts = self.vaultFacts()
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

    private func vaultFacts() -> VaultFacts {
        let status = vault.status()
        var facts = VaultFacts()
        facts.isDevelopment = self.facts.isDevelopment
        facts.isInitialized = status.isInitialized
        facts.isSealed = status.isSealed
        if let keyring = status.keyring { facts.take(keyring) }
        facts.auditTrouble = vault.trail.log.map { AuditTrail.text(of: $0.state) } ?? ""
        facts.take(self.facts.configuration.audit)
        if let store = status.store {
            facts.usedBytes = store.usedBytes
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
