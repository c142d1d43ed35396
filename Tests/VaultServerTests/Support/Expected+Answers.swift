import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultStore

@testable import VaultServer

/// Answers by way of SwiftProtobuf's messages, to compare the hand-written encoder with.
extension Expected {
    static func keyValue(_ item: KeyValue) -> Mvccpb_KeyValue {
        var result = Mvccpb_KeyValue()
        result.key = Data(item.key)
        result.value = Data(item.value)
        result.createRevision = item.createRevision.rawValue
        result.modRevision = item.modRevision.rawValue
        result.version = item.version
        result.lease = item.lease.rawValue
        return result
    }

    static func response(
        _ keyValues: [KeyValue], _ summary: RangeSummary
    ) -> Etcdserverpb_RangeResponse {
        var response = Etcdserverpb_RangeResponse()
        response.kvs = keyValues.map(keyValue)
        response.more = summary.more
        response.count = summary.count
        return response
    }

    static func serialized(_ result: WriteResult, header: ResponseHeader) throws -> [UInt8] {
        switch result {
        case .put(let put):
            var response = self.put(put)
            response.header = header.message(revision: put.revision)
            return try response.serializedBytes()
        case .delete(let delete):
            var response = self.delete(delete)
            response.header = header.message(revision: delete.revision)
            return try response.serializedBytes()
        case .transaction(let transaction):
            var response = self.transaction(transaction)
            response.header = header.message(revision: transaction.revision)
            return try response.serializedBytes()
        case .tidy: return []
        case .leaseGranted(let grant):
            var response = Etcdserverpb_LeaseGrantResponse()
            response.header = header.message(revision: grant.revision)
            response.id = grant.id.rawValue
            response.ttl = grant.ttl.components.seconds
            return try response.serializedBytes()
        case .alarm(let result):
            var response = Etcdserverpb_AlarmResponse()
            response.header = header.message(revision: result.revision)
            if let alarm = result.alarm {
                var member = Etcdserverpb_AlarmMember()
                member.memberID = alarm.member
                member.alarm = alarm.kind == .noSpace ? .nospace : .corrupt
                response.alarms = [member]
            }
            return try response.serializedBytes()
        // As every answer of the Auth service: a header and nothing else.
        case .leaseRevoked(let revision), .accessReplaced(let revision),
            .keyringNoted(let revision), .auditNoted(let revision), .accepted(let revision),
            .backupNoted(let revision):
            var response = Etcdserverpb_LeaseRevokeResponse()
            response.header = header.message(revision: revision)
            return try response.serializedBytes()
        case .destroyed(let result):
            var response = Vault_V1_DestroyResponse()
            response.revision = result.revision.rawValue
            response.versions = result.versions
            return try response.serializedBytes()
        case .compact(let revision):
            var response = Etcdserverpb_CompactionResponse()
            response.header = header.message(revision: revision)
            return try response.serializedBytes()
        }
    }

    private static func put(_ result: PutResult) -> Etcdserverpb_PutResponse {
        var response = Etcdserverpb_PutResponse()
        if let previous = result.previous { response.prevKv = keyValue(previous) }
        return response
    }

    private static func delete(_ result: DeleteResult) -> Etcdserverpb_DeleteRangeResponse {
        var response = Etcdserverpb_DeleteRangeResponse()
        response.deleted = result.deleted
        response.prevKvs = result.previous.map(keyValue)
        return response
    }

    private static func transaction(_ result: TransactionResult) -> Etcdserverpb_TxnResponse {
        var response = Etcdserverpb_TxnResponse()
        response.succeeded = result.succeeded
        response.responses = result.results.map(operation)
        return response
    }

    private static func operation(_ result: OperationResult) -> Etcdserverpb_ResponseOp {
        var response = Etcdserverpb_ResponseOp()
        switch result {
        case .range(let range):
            response.responseRange = self.response(
                range.keyValues,
                RangeSummary(count: range.count, more: range.more, revision: range.revision))
            response.responseRange.header.revision = range.revision.rawValue
        case .put(let put):
            response.responsePut = self.put(put)
            response.responsePut.header.revision = put.revision.rawValue
        case .delete(let delete):
            response.responseDeleteRange = self.delete(delete)
            response.responseDeleteRange.header.revision = delete.revision.rawValue
        case .transaction(let nested):
            response.responseTxn = transaction(nested)
            response.responseTxn.header = Etcdserverpb_ResponseHeader()
        }
        return response
    }
}
