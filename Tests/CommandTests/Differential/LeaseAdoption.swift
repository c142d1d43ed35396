import SwiftProtobuf
import VaultAPI

/// Two servers that choose the id of a lease choose different ones. Each such lease is replaced by
/// one of the same time whose id follows from the request, so that later requests can name it, also
/// when a run is repeated.
enum LeaseAdoption {
    /// The id by which later requests know the lease. Requests for an id have a time of their own.
    static func id(for request: Etcdserverpb_LeaseGrantRequest) -> Int64 { 1_000_000 + request.ttl }

    static func adopt(
        _ request: KVRequest, _ answer: KVAnswer, on connection: KVConnection
    ) async throws {
        guard case .grant(let request) = request, request.id == 0,
            case .grant(let answer) = answer
        else { return }
        let _: Etcdserverpb_LeaseRevokeResponse = try await connection.call(
            Methods.Lease.leaseRevoke, Etcdserverpb_LeaseRevokeRequest.with { $0.id = answer.id })
        let _: Etcdserverpb_LeaseGrantResponse = try await connection.call(
            Methods.Lease.leaseGrant,
            Etcdserverpb_LeaseGrantRequest.with {
                $0.id = id(for: request)
                $0.ttl = request.ttl
            })
    }
}
