import FoundationEssentials
import VaultAPI

/// Requests by text, for tests.
enum Requests {
    static func put(_ key: String, _ value: String) -> Etcdserverpb_PutRequest {
        var request = Etcdserverpb_PutRequest()
        request.key = Data(key.utf8)
        request.value = Data(value.utf8)
        return request
    }

    static func range(_ key: String, end: String = "") -> Etcdserverpb_RangeRequest {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(key.utf8)
        request.rangeEnd = Data(end.utf8)
        return request
    }

    static var everything: Etcdserverpb_RangeRequest { range("\0", end: "\0") }

    static func delete(_ key: String, end: String = "") -> Etcdserverpb_DeleteRangeRequest {
        var request = Etcdserverpb_DeleteRangeRequest()
        request.key = Data(key.utf8)
        request.rangeEnd = Data(end.utf8)
        return request
    }

    static func puts(_ keys: [String], value: String) -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        request.success = keys.map { key in
            var operation = Etcdserverpb_RequestOp()
            operation.requestPut = put(key, value)
            return operation
        }
        return request
    }
}
