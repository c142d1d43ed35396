import NIOCore
import RPC
import VaultAPI
import VaultAccess

/// `vault.v1.Audit`: what the audit log needs the server for.
final class AuditService: Sendable {
    private let vault: Vault
    private var trail: AuditTrail { vault.trail }

    init(vault: Vault) {
        self.vault = vault
    }

    var routes: [Route] {
        [
            .unary(Methods.Audit.hashKey.path) { self.hashKey($0, $1) },
            .unary(Methods.Audit.state.path) { _, message in self.state(message) },
            .unary(Methods.Audit.resume.path) { _, message in self.resume(message) },
        ]
    }

    private func hashKey(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_HashKeyRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            guard let name = trail.name(ofKey: Array(request.key)) else {
                return .failure(StatusTable.sealed)
            }
            var response = Vault_V1_HashKeyResponse()
            response.hash = name
            return Answer.unary(response)
        }
    }

    private func state(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Vault_V1_AuditStateRequest.self)
        {
            return .failure(status)
        }
        guard let log = trail.log else { return .failure(StatusTable.notInitialized) }
        var response = Vault_V1_AuditStateResponse()
        response.path = trail.directory + "/audit.jsonl"
        let position = log.position
        response.sequence = position.sequence
        response.hash = position.hash
        response.bytes = position.fileBytes
        response.reserveBytes = position.reserveBytes
        response.trouble = AuditTrail.text(of: log.state)
        return Answer.unary(response)
    }

    private func resume(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_ResumeRequest.self) {
            return .failure(status)
        }
        guard let log = trail.log else { return .failure(StatusTable.notInitialized) }
        do throws(AuditError) {
            try log.resume(now: CalendarClock.now())
        } catch {
            return .failure(trail.refusal)
        }
        trail.look()
        vault.noteAuditSoon()
        var response = Vault_V1_ResumeResponse()
        response.sequence = log.sequence
        return Answer.unary(response)
    }
}
