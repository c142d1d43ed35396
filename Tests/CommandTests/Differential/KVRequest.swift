import SwiftProtobuf
import VaultAPI

/// One operation of the differential test.
enum KVRequest {
    case range(Etcdserverpb_RangeRequest)
    case put(Etcdserverpb_PutRequest)
    case delete(Etcdserverpb_DeleteRangeRequest)
    case transaction(Etcdserverpb_TxnRequest)
    case compact(Etcdserverpb_CompactionRequest)
    case grant(Etcdserverpb_LeaseGrantRequest)
    case revoke(Etcdserverpb_LeaseRevokeRequest)
    /// One message on a stream of its own.
    case keepAlive(Etcdserverpb_LeaseKeepAliveRequest)
    case timeToLive(Etcdserverpb_LeaseTimeToLiveRequest)
    case leases(Etcdserverpb_LeaseLeasesRequest)
    /// Bytes that are no message of that method.
    case malformed(VaultAPI.Method, [UInt8])

    var method: VaultAPI.Method {
        switch self {
        case .range: Methods.KV.range
        case .put: Methods.KV.put
        case .delete: Methods.KV.deleteRange
        case .transaction: Methods.KV.txn
        case .compact: Methods.KV.compact
        case .grant: Methods.Lease.leaseGrant
        case .revoke: Methods.Lease.leaseRevoke
        case .keepAlive: Methods.Lease.leaseKeepAlive
        case .timeToLive: Methods.Lease.leaseTimeToLive
        case .leases: Methods.Lease.leaseLeases
        case .malformed(let method, _): method
        }
    }

    /// What both servers are sent.
    func bytes() throws -> [UInt8] {
        if case .malformed(_, let bytes) = self { return bytes }
        return try message?.serializedBytes() ?? []
    }

    /// For people: the method and the message as text, shortened.
    var text: String {
        if case .malformed(let method, let bytes) = self { return "\(method.name) bytes \(bytes)" }
        let text = message?.textFormatString() ?? ""
        return "\(method.name) {\n\(text.prefix(1_500))}"
    }

    private var message: (any Message)? {
        switch self {
        case .range(let message): message
        case .put(let message): message
        case .delete(let message): message
        case .transaction(let message): message
        case .compact(let message): message
        case .grant(let message): message
        case .revoke(let message): message
        case .keepAlive(let message): message
        case .timeToLive(let message): message
        case .leases(let message): message
        case .malformed: nil
        }
    }
}
