import Logging
import NIOCore
import RPC
import Synchronization
import VaultAPI
import VaultStore

extension MaintenanceService {
    func defragment(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Etcdserverpb_DefragmentRequest.self)
        {
            return .failure(status)
        }
        let open: OpenVault
        do throws(VaultError) { open = try vault.open() } catch {
            return .failure(StatusTable.status(of: error))
        }
        let isAccepted = vault.copyThread.submit { [vault] in
            do throws(StoreError) {
                let result = try open.store.defragment {
                    call.isCancelled || open.isClosing.load(ordering: .relaxed)
                }
                vault.logger.info(
                    "defragmented",
                    metadata: [
                        "before": "\(result.bytesBefore)", "after": "\(result.bytesAfter)",
                    ])
                call.finish(Answer.encoded(Etcdserverpb_DefragmentResponse()))
            } catch {
                call.finish(vault.refusal(for: error))
            }
        }
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }

    func snapshot(_ call: StreamCall) -> any StreamHandler {
        let isFree = snapshots.withLock { count in
            guard count < Limits.snapshotsMax else { return false }
            count += 1
            return true
        }
        guard isFree else {
            call.finish(StatusTable.tooManyRequests)
            return IgnoringHandler()
        }
        return SnapshotCall(call: call, vault: vault) { self.snapshots.withLock { $0 -= 1 } }
    }
}
