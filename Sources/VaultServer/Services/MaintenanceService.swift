import NIOCore
import RPC
import Synchronization
import VaultAPI
import VaultAccess
import VaultStore

/// `etcdserverpb.Maintenance`.
final class MaintenanceService: Sendable {
    let vault: Vault
    let reads: LongReads
    /// Clients that take a snapshot now.
    let snapshots = Mutex(0)

    init(vault: Vault, reads: LongReads) {
        self.vault = vault
        self.reads = reads
    }

    var routes: [Route] {
        [
            .unary(Methods.Maintenance.status.path) { _, message in self.status(message) },
            .unary(Methods.Maintenance.alarm.path) { self.alarm($0, $1) },
            .unary(Methods.Maintenance.hash.path) { self.hash($0, $1) },
            .unary(Methods.Maintenance.hashKV.path) { self.hashKV($0, $1) },
            .unary(Methods.Maintenance.defragment.path) { self.defragment($0, $1) },
            .stream(Methods.Maintenance.snapshot.path) { self.snapshot($0) },
            .unary(Methods.Maintenance.moveLeader.path) { _, message in self.moveLeader(message) },
            .unary(Methods.Maintenance.downgrade.path) { _, message in self.downgrade(message) },
        ]
    }

    // MARK: - Status

    private func status(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Etcdserverpb_StatusRequest.self)
        {
            return .failure(status)
        }
        do throws(VaultError) {
            let open = try vault.open()
            return Answer.unary(Self.response(open.store.status(), open.header))
        } catch {
            return .failure(StatusTable.status(of: error))
        }
    }

    static func response(
        _ status: StoreStatus, _ header: ResponseHeader
    ) -> Etcdserverpb_StatusResponse {
        var response = Etcdserverpb_StatusResponse()
        response.header = header.message(revision: status.revision)
        response.version = Version.etcd
        response.storageVersion = Version.etcdStorage
        response.dbSize = status.fileBytes
        response.dbSizeInUse = status.usedBytes
        response.dbSizeQuota = status.quotaBytes
        response.downgradeInfo = Etcdserverpb_DowngradeInfo()
        response.leader = header.memberID
        // There is no Raft; the revision grows just as well.
        response.raftIndex = UInt64(clamping: status.revision.rawValue)
        response.raftAppliedIndex = response.raftIndex
        response.raftTerm = header.raftTerm
        response.errors = AlarmCall.alarms(of: status, own: header.memberID).map(AlarmCall.text)
        if let failure = status.failure { response.errors.append(StatusTable.text(of: failure)) }
        return response
    }

    // MARK: - Alarms

    /// Whoever may ask for the status may look at alarms, which it names too: etcdctl's check of an
    /// endpoint's health does both.
    private func alarm(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_AlarmRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let record = call.record
            guard request.action == .get || record.rights.isAdministrator else {
                return record.refuse()
            }
            let open: OpenVault
            do throws(VaultError) { open = try vault.open() } catch {
                return .failure(StatusTable.status(of: error))
            }
            if let change = AlarmCall.change(request, own: open.header.memberID) {
                return vault.submit(.alarm(change), for: call)
            }
            let status = open.store.status()
            var writer = WireWriter()
            open.header.write(revision: status.revision.rawValue, to: &writer)
            for alarm in AlarmCall.listed(by: request, in: status, own: open.header.memberID) {
                ResponseEncoding.alarm(alarm, to: &writer)
            }
            return .message(writer.buffer)
        }
    }

    // MARK: - A cluster of one

    private func moveLeader(_ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_MoveLeaderRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            do throws(VaultError) {
                return try vault.open().header.memberID == request.targetID
                    ? Answer.unary(Etcdserverpb_MoveLeaderResponse())
                    : .failure(StatusTable.badTransferee)
            } catch {
                return .failure(StatusTable.status(of: error))
            }
        }
    }

    private func downgrade(_ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_DowngradeRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            do throws(VaultError) { _ = try vault.open() } catch {
                return .failure(StatusTable.status(of: error))
            }
            switch request.action {
            case .cancel: return .failure(StatusTable.noDowngrade)
            case .validate, .enable:
                return .failure(
                    Self.isVersion(request.version)
                        ? StatusTable.badDowngradeTarget : StatusTable.badDowngradeFormat)
            case .UNRECOGNIZED: return .failure(StatusTable.unknownMethod)
            }
        }
    }

    /// "3.5" or "3.5.1".
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return (2...3).contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.count < 10 && part.allSatisfy { $0.isASCII && $0.isNumber }
            }
    }
}

extension ResponseHeader {
    /// The header as a message of its own, for answers that are not encoded by hand.
    func message(revision: Revision) -> Etcdserverpb_ResponseHeader {
        var header = Etcdserverpb_ResponseHeader()
        header.clusterID = clusterID
        header.memberID = memberID
        header.revision = revision.rawValue
        header.raftTerm = raftTerm
        return header
    }
}
