import RPC
import SwiftProtobuf
import VaultAPI

/// What a server said, decoded, with the three header fields that name the server made comparable:
/// they are compared for being there, not for their value.
enum KVAnswer: Equatable {
    case range(Etcdserverpb_RangeResponse)
    case put(Etcdserverpb_PutResponse)
    case delete(Etcdserverpb_DeleteRangeResponse)
    case transaction(Etcdserverpb_TxnResponse)
    case compact(Etcdserverpb_CompactionResponse)
    case grant(Etcdserverpb_LeaseGrantResponse)
    case revoke(Etcdserverpb_LeaseRevokeResponse)
    case keepAlive(Etcdserverpb_LeaseKeepAliveResponse)
    case timeToLive(Etcdserverpb_LeaseTimeToLiveResponse)
    case leases(Etcdserverpb_LeaseLeasesResponse)
    case failure(Status)
    /// The answer is no message of the method.
    case undecodable([UInt8])

    init(_ result: Result<[UInt8], Status>, to request: KVRequest) {
        switch result {
        case .failure(let status): self = .failure(status)
        case .success(let bytes):
            do {
                self = try KVAnswer.decode(bytes, as: request.method)
            } catch {
                self = .undecodable(bytes)
            }
        }
    }

    private static func decode(_ bytes: [UInt8], as method: VaultAPI.Method) throws -> KVAnswer {
        switch method {
        case Methods.KV.range:
            var answer = try Etcdserverpb_RangeResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .range(answer)
        case Methods.KV.put:
            var answer = try Etcdserverpb_PutResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .put(answer)
        case Methods.KV.deleteRange:
            var answer = try Etcdserverpb_DeleteRangeResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .delete(answer)
        case Methods.KV.txn:
            var answer = try Etcdserverpb_TxnResponse(serializedBytes: bytes)
            // The headers inside carry no ids: they are compared as they are.
            if answer.hasHeader { answer.header.neutralise() }
            return .transaction(answer)
        case Methods.KV.compact:
            var answer = try Etcdserverpb_CompactionResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .compact(answer)
        default: return try decodeLease(bytes, as: method)
        }
    }

    private static func decodeLease(
        _ bytes: [UInt8], as method: VaultAPI.Method
    ) throws -> KVAnswer {
        switch method {
        case Methods.Lease.leaseGrant:
            var answer = try Etcdserverpb_LeaseGrantResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .grant(answer)
        case Methods.Lease.leaseRevoke:
            var answer = try Etcdserverpb_LeaseRevokeResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .revoke(answer)
        case Methods.Lease.leaseKeepAlive:
            var answer = try Etcdserverpb_LeaseKeepAliveResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            return .keepAlive(answer)
        case Methods.Lease.leaseTimeToLive:
            var answer = try Etcdserverpb_LeaseTimeToLiveResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            // etcd tells the keys in any order.
            answer.keys.sort { $0.lexicographicallyPrecedes($1) }
            return .timeToLive(answer)
        default:
            var answer = try Etcdserverpb_LeaseLeasesResponse(serializedBytes: bytes)
            if answer.hasHeader { answer.header.neutralise() }
            // Both tell first what ends first; equal times and restarts leave that open.
            answer.leases.sort { $0.id < $1.id }
            return .leases(answer)
        }
    }

    /// The store's revision that the answer tells, nil for failures.
    var revision: Int64? {
        switch self {
        case .range(let answer): answer.header.revision
        case .put(let answer): answer.header.revision
        case .delete(let answer): answer.header.revision
        case .transaction(let answer): answer.header.revision
        case .compact(let answer): answer.header.revision
        case .grant(let answer): answer.header.revision
        case .revoke(let answer): answer.header.revision
        case .keepAlive(let answer): answer.header.revision
        case .timeToLive(let answer): answer.header.revision
        case .leases(let answer): answer.header.revision
        case .failure, .undecodable: nil
        }
    }

    /// For people, shortened.
    var text: String {
        switch self {
        case .range(let answer): String(answer.textFormatString().prefix(1_500))
        case .put(let answer): answer.textFormatString()
        case .delete(let answer): String(answer.textFormatString().prefix(1_500))
        case .transaction(let answer): String(answer.textFormatString().prefix(1_500))
        case .compact(let answer): answer.textFormatString()
        case .grant(let answer): answer.textFormatString()
        case .revoke(let answer): answer.textFormatString()
        case .keepAlive(let answer): answer.textFormatString()
        case .timeToLive(let answer): String(answer.textFormatString().prefix(1_500))
        case .leases(let answer): String(answer.textFormatString().prefix(1_500))
        case .failure(let status): "status \(status.code.rawValue): \(status.message)"
        case .undecodable(let bytes): "undecodable \(bytes.prefix(200))"
        }
    }
}

extension Etcdserverpb_ResponseHeader {
    mutating func neutralise() {
        clusterID = min(clusterID, 1)
        memberID = min(memberID, 1)
        raftTerm = min(raftTerm, 1)
    }
}
