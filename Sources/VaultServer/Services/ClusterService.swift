import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI
import VaultStore

/// `etcdserverpb.Cluster`: a cluster of one, for good. What would change that is refused in etcd's
/// words.
final class ClusterService: Sendable {
    private let vault: Vault
    private let facts: ServerFacts

    init(vault: Vault, facts: ServerFacts) {
        self.vault = vault
        self.facts = facts
    }

    var routes: [Route] {
        [
            .unary(Methods.Cluster.memberList.path) { _, message in self.memberList(message) },
            .unary(Methods.Cluster.memberAdd.path) { _, message in
                self.refuse(message, Etcdserverpb_MemberAddRequest.self) { request, _ in
                    PeerURLs.areValid(request.peerUrls)
                        ? StatusTable.notEnoughMembers : StatusTable.badMemberURLs
                }
            },
            .unary(Methods.Cluster.memberRemove.path) { _, message in
                self.refuse(message, Etcdserverpb_MemberRemoveRequest.self) { request, own in
                    request.id == own ? StatusTable.notEnoughMembers : StatusTable.memberNotFound
                }
            },
            .unary(Methods.Cluster.memberUpdate.path) { _, message in
                self.refuse(message, Etcdserverpb_MemberUpdateRequest.self) { request, own in
                    request.id == own ? StatusTable.notEnoughMembers : StatusTable.memberNotFound
                }
            },
            .unary(Methods.Cluster.memberPromote.path) { _, message in
                self.refuse(message, Etcdserverpb_MemberPromoteRequest.self) { request, own in
                    request.id == own ? StatusTable.notALearner : StatusTable.memberNotFound
                }
            },
        ]
    }

    private func refuse<Request: SwiftProtobuf.Message>(
        _ message: ByteBuffer, _ type: Request.Type,
        _ refusal: (_ request: Request, _ ownID: UInt64) -> Status
    ) -> UnaryAnswer {
        switch Answer.decoded(message, as: type) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            do throws(VaultError) {
                return .failure(refusal(request, try vault.open().header.memberID))
            } catch {
                return .failure(StatusTable.status(of: error))
            }
        }
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
