import FoundationEssentials
import SwiftProtobuf
import VaultAPI

/// The handful of calls that most tests make.
extension KVConnection {
    /// Returns the new revision.
    @discardableResult
    func put(_ key: String, _ value: String) async throws -> Int64 {
        let request = Etcdserverpb_PutRequest.with {
            $0.key = Data(key.utf8)
            $0.value = Data(value.utf8)
        }
        let answer: Etcdserverpb_PutResponse = try await call(Methods.KV.put, request)
        return answer.header.revision
    }

    /// All keys in one transaction. Returns the new revision.
    @discardableResult
    func putTogether(_ pairs: [(String, String)]) async throws -> Int64 {
        let request = Etcdserverpb_TxnRequest.with {
            $0.success = pairs.map { key, value in
                .with {
                    $0.requestPut.key = Data(key.utf8)
                    $0.requestPut.value = Data(value.utf8)
                }
            }
        }
        let answer: Etcdserverpb_TxnResponse = try await call(Methods.KV.txn, request)
        return answer.header.revision
    }

    func get(_ key: String) async throws -> String? {
        let request = Etcdserverpb_RangeRequest.with { $0.key = Data(key.utf8) }
        let answer: Etcdserverpb_RangeResponse = try await call(Methods.KV.range, request)
        return answer.kvs.first.map { String(decoding: $0.value, as: UTF8.self) }
    }

    func delete(_ key: String) async throws {
        let request = Etcdserverpb_DeleteRangeRequest.with { $0.key = Data(key.utf8) }
        let _: Etcdserverpb_DeleteRangeResponse = try await call(
            Methods.KV.deleteRange, request)
    }

    func compact(_ revision: Int64) async throws {
        let request = Etcdserverpb_CompactionRequest.with {
            $0.revision = revision
            $0.physical = true
        }
        let _: Etcdserverpb_CompactionResponse = try await call(Methods.KV.compact, request)
    }

    func defragment() async throws {
        let _: Etcdserverpb_DefragmentResponse = try await call(
            Methods.Maintenance.defragment, Etcdserverpb_DefragmentRequest())
    }

    /// Everything in the store, and its revision.
    func everything() async throws -> Etcdserverpb_RangeResponse {
        let request = Etcdserverpb_RangeRequest.with {
            $0.key = Data([0])
            $0.rangeEnd = Data([0])
        }
        return try await call(Methods.KV.range, request)
    }
}
