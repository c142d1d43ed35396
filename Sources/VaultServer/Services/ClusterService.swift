import NIOCore
import RPC
import VaultAPI
import VaultStore

/// `etcdserverpb.Cluster`, as far as it is there: a cluster of one.
final class ClusterService: Sendable {
    private let vault: Vault
    private let facts: ServerFacts

    init(vault: Vault, facts: ServerFacts) {
        self.vault = vault
        self.facts = facts
    }

    var routes: [Route] {
        [.unary(Methods.Cluster.memberList.path) { _, message in self.memberList(message) }]
    }

    private func memberList(_ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Etcdserverpb_MemberListRequest.self)
        {
            return .failure(status)
        }
        do throws(VaultError) {
            let header = try vault.open().header
            var member = Etcdserverpb_Member()
            member.id = header.memberID
            member.name = "vaultd"
            member.clientUrls = facts.clientURLs
            var response = Etcdserverpb_MemberListResponse()
            // Headers of this service carry no revision, as in etcd.
            response.header = header.message(revision: .none)
            response.members = [member]
            return Answer.unary(response)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
    }
}
