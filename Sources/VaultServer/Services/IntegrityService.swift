import NIOCore
import RPC
import VaultAPI
import VaultStore

/// `vault.v1.Integrity`: whether the vault is what was written.
final class IntegrityService: Sendable {
    private let vault: Vault
    private let reads: LongReads

    /// What is answered here; the rest of the service is not implemented.
    static let methods = [Methods.Integrity.verify, Methods.Integrity.damage]

    init(vault: Vault, reads: LongReads) {
        self.vault = vault
        self.reads = reads
    }

    var routes: [Route] {
        [
            .stream(Methods.Integrity.verify.path) { VerifyCall(call: $0, service: self) },
            .unary(Methods.Integrity.damage.path) { _, message in self.damage(message) },
        ]
    }

    /// Verifies in turns with other long reads; nil when the call has ended already.
    func verify(_ call: StreamCall) -> VerifyTurns? {
        let open: OpenVault
        do throws(VaultError) { open = try vault.open() } catch {
            call.finish(StatusTable.status(of: error))
            return nil
        }
        let turns = VerifyTurns(call: call, open: open, vault: vault)
        guard reads.submit(user: call.peer.userID, { turns.turn() }) else {
            call.finish(StatusTable.tooManyRequests)
            return nil
        }
        return turns
    }

    private func damage(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_DamageRequest.self) {
            return .failure(status)
        }
        do throws(VaultError) {
            let open = try vault.open()
            return Answer.unary((open.damage ?? Self.nothing(open.store)).message)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
    }

    /// Of a vault that was opened whole: the unseal would have refused anything else.
    private static func nothing(_ store: Store) -> DamageReport {
        let status = store.status()
        return DamageReport(
            revision: status.revision, records: UInt64(max(status.recordCount, 0)),
            stateHashMatches: true, damage: DamageList())
    }
}
