import NIOCore
import RPC
import VaultAPI
import VaultStore

/// `etcdserverpb.Maintenance`, as far as it is there: `Status`.
final class MaintenanceService: Sendable {
    private let vault: Vault

    init(vault: Vault) {
        self.vault = vault
    }

    var routes: [Route] {
        [.unary(Methods.Maintenance.status.path) { _, message in self.status(message) }]
    }

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
        response.leader = header.memberID
        // There is no Raft; the revision grows just as well.
        response.raftIndex = UInt64(clamping: status.revision.rawValue)
        response.raftAppliedIndex = response.raftIndex
        response.raftTerm = header.raftTerm
        if status.noSpace {
            response.errors = ["memberID:\(header.memberID) alarm:NOSPACE "]
        }
        return response
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
