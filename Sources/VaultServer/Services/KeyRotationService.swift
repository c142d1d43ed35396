import NIOCore
import RPC
import Synchronization
import VaultAPI
import VaultSeal
import VaultStore

/// `vault.v1.KeyRotation`: other keys for the vault, while it serves.
final class KeyRotationService: Sendable {
    private let vault: Vault
    private let reads: LongReads

    init(vault: Vault, reads: LongReads) {
        self.vault = vault
        self.reads = reads
    }

    var routes: [Route] {
        [
            .unary(Methods.KeyRotation.rotate.path) { self.rotate($0, $1) },
            .stream(Methods.KeyRotation.rewrap.path) { RewrapCall(call: $0, service: self) },
            .unary(Methods.KeyRotation.rewrapStatus.path) { self.status($0, $1) },
            .unary(Methods.KeyRotation.destroy.path) { self.destroy($0, $1) },
        ]
    }

    private func rotate(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_RotateRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            vault.rotate(root: request.root) { result in
                switch result {
                case .failure(let error): call.finish(StatusTable.status(of: error))
                case .success(let outcome):
                    var response = Vault_V1_RotateResponse()
                    response.dataKey = outcome.dataKey
                    response.rootGeneration = UInt32(clamping: outcome.rootKeyChanges)
                    call.finish(Answer.encoded(response))
                }
            }
            return .later
        }
    }

    private func destroy(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_DestroyRequest.self) {
        case .failure(let status): .failure(status)
        case .success(let request): vault.submit(.destroy(Bytes(request.key)), for: call)
        }
    }

    private func status(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Vault_V1_RewrapStatusRequest.self)
        {
            return .failure(status)
        }
        let open: OpenVault
        do throws(VaultError) { open = try vault.open() } catch {
            return .failure(StatusTable.status(of: error))
        }
        let isAccepted = report(on: open, user: call.peer.userID) { result in
            switch result {
            case .failure(let status): call.finish(status)
            case .success(let progress): call.finish(Answer.encoded(progress))
            }
        }
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }

    /// Begins a rewrap, or ends it.
    func start(_ message: ByteBuffer) -> Result<OpenVault, Status> {
        switch Answer.decoded(message, as: Vault_V1_RewrapRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let open: OpenVault
            do throws(VaultError) { open = try vault.open() } catch {
                return .failure(StatusTable.status(of: error))
            }
            guard !request.stop else {
                _ = open.store.stopRewrap()
                return .success(open)
            }
            do throws(StoreError) {
                try vault.startRewrap(open, rate: request.rate > 0 ? Int(request.rate) : nil)
                return .success(open)
            } catch { return .failure(vault.refusal(for: error)) }
        }
    }

    /// How far it is, without counting what is under which key.
    static func progress(of open: OpenVault) -> Vault_V1_RewrapProgress {
        // In this order: what is no sweep any more is being retired already.
        let status = open.store.rewrapStatus()
        var progress = Vault_V1_RewrapProgress()
        progress.running = status.isRunning || open.isRetiring.load(ordering: .relaxed)
        progress.done = UInt64(clamping: status.done)
        progress.total = UInt64(clamping: status.total)
        return progress
    }

    /// How far it is and what is under which key: may pass over the file, so not on an event loop.
    func report(
        on open: OpenVault, user: UInt32,
        _ completion: @escaping @Sendable (Result<Vault_V1_RewrapProgress, Status>) -> Void
    ) -> Bool {
        reads.submit(user: user) { [vault] in
            do throws(StoreError) {
                let use = try open.dataKeyUse()
                var progress = Self.progress(of: open)
                progress.dataKeys = use.map { use in
                    var answer = Vault_V1_DataKeyUse()
                    answer.number = use.key.number
                    answer.created = Int64(clamping: use.key.created)
                    answer.records = UInt64(clamping: use.records)
                    return answer
                }
                completion(.success(progress))
            } catch {
                completion(.failure(vault.refusal(for: error)))
            }
            return true
        }
    }
}
