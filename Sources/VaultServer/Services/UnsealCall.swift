import NIOCore
import RPC
import Synchronization
import VaultAPI

/// One call of `Unseal`: one request, then progress until the vault is open or refuses.
final class UnsealCall: StreamHandler {
    private let call: StreamCall
    private let service: VaultService
    private var hasStarted = false

    init(call: StreamCall, service: VaultService) {
        self.call = call
        self.service = service
    }

    func received(_ message: ByteBuffer) {
        guard !hasStarted else { return }
        hasStarted = true
        do throws(VaultError) {
            let acceptsDamage = try CredentialDecoding.acceptsDamage(message).get()
            let credential = try CredentialDecoding.unseal(message).get()
            service.unseal(call, with: credential, acceptsDamage: acceptsDamage)
        } catch {
            service.refuseUnseal(call, error)
        }
    }

    func halfClosed() {
        guard !hasStarted else { return }
        hasStarted = true
        service.refuseUnseal(call, .invalidRequest("give a passphrase or a key file"))
    }

    /// An unseal that has begun goes on: others may be waiting for the vault, too.
    func cancelled() {}

    func writable() {}
}

/// Tells a client how far its unseal is, at most `Limits.progressStepsMax` times.
final class UnsealReporter: Sendable {
    private let call: StreamCall
    private let lastStep = Mutex(-1)

    init(call: StreamCall) {
        self.call = call
    }

    /// From any thread.
    func report(_ step: Vault.UnsealStep) {
        var progress = Vault_V1_UnsealProgress()
        switch step {
        case .derivingKey:
            progress.phase = "deriving key"
        case .verifyingRecords(let done, let total):
            let number = total > 0 ? done * Limits.progressStepsMax / total : 0
            let isNew = lastStep.withLock { last in
                guard number > last else { return false }
                last = number
                return true
            }
            guard isNew, call.isWritable else { return }
            progress.phase = "verifying records"
            progress.done = UInt64(clamping: done)
            progress.total = UInt64(clamping: total)
        }
        send(progress)
    }

    func finish(status: Vault_V1_StatusResponse) {
        var progress = Vault_V1_UnsealProgress()
        progress.phase = "done"
        progress.finished = true
        progress.status = status
        send(progress)
        call.finish(.ok)
    }

    private func send(_ progress: Vault_V1_UnsealProgress) {
        switch Answer.encoded(progress) {
        case .success(let message): call.send(message)
        case .failure(let status): call.finish(status)
        }
    }
}
