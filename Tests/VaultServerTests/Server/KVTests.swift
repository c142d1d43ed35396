import FoundationEssentials
import NIOCore
import RPC
import Testing
import VaultAPI

@testable import VaultServer

@Suite struct KVTests {
    @Test func whatIsPutIsReadBackWithItsRevisions() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let first = try await server.put("a", "1")
            #expect(first.header.revision == 2)
            #expect(first.header.clusterID != 0 && first.header.memberID != 0)
            #expect(first.header.raftTerm == 2)
            try await server.put("a", "2")
            let found = try await server.get("a")
            #expect(found.header.revision == 3)
            #expect(found.header.memberID == first.header.memberID)
            #expect(found.count == 1 && !found.more)
            let pair = try #require(found.kvs.first)
            #expect(pair.key == Data("a".utf8) && pair.value == Data("2".utf8))
            #expect(pair.createRevision == 2 && pair.modRevision == 3 && pair.version == 2)
        }
    }

    @Test func previousValuesComeBackWhenAskedFor() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("a", "old")
            var put = Requests.put("a", "new")
            put.prevKv = true
            let answer: Etcdserverpb_PutResponse = try await server.call(Methods.KV.put, put)
            #expect(answer.prevKv.value == Data("old".utf8))
            var delete = Requests.delete("a", end: "b")
            delete.prevKv = true
            let deleted: Etcdserverpb_DeleteRangeResponse = try await server.call(
                Methods.KV.deleteRange, delete)
            #expect(deleted.deleted == 1 && deleted.header.revision == 4)
            #expect(deleted.prevKvs.map(\.value) == [Data("new".utf8)])
            #expect(try await server.get("a").kvs.isEmpty)
        }
    }

    @Test func transactionsAnswerEachOperation() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = Requests.puts(["a", "b"], value: "x")
            var read = Etcdserverpb_RequestOp()
            read.requestRange = Requests.everything
            request.success.append(read)
            let answer: Etcdserverpb_TxnResponse = try await server.call(Methods.KV.txn, request)
            #expect(answer.succeeded && answer.header.revision == 2)
            #expect(answer.responses.count == 3)
            #expect(answer.responses[2].responseRange.kvs.count == 2)
            #expect(answer.responses[2].responseRange.header.clusterID == 0)
        }
    }

    @Test func readOnlyTransactionsUseNoRevision() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("a", "1")
            for end in ["", "b"] {
                var read = Etcdserverpb_RequestOp()
                read.requestRange = Requests.range("a", end: end)
                var request = Etcdserverpb_TxnRequest()
                request.success = [read]
                let answer: Etcdserverpb_TxnResponse = try await server.call(
                    Methods.KV.txn, request)
                #expect(answer.header.revision == 2)
                #expect(answer.responses.first?.responseRange.kvs.count == 1)
            }
        }
    }

    /// A transaction that is too much for an event loop answers as a short one does.
    @Test func longTransactionsOfReadsAnswerEachOperation() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for first in stride(from: 0, to: 1_500, by: 100) {
                let keys = (first..<first + 100).map { "k/\(10_000 + $0)" }
                let _: Etcdserverpb_TxnResponse = try await server.call(
                    Methods.KV.txn,
                    Requests.puts(keys, value: String(repeating: "v", count: 500)))
            }
            func read(_ range: Etcdserverpb_RangeRequest) -> Etcdserverpb_RequestOp {
                var read = Etcdserverpb_RequestOp()
                read.requestRange = range
                return read
            }
            var request = Etcdserverpb_TxnRequest()
            var limited = Requests.range("k/", end: "k0")
            limited.limit = 3
            request.success = [
                read(Requests.range("k/", end: "k0")), read(limited), read(Requests.range("none")),
            ]
            let answer: Etcdserverpb_TxnResponse = try await server.call(Methods.KV.txn, request)
            #expect(answer.succeeded && answer.header.revision == 16)
            #expect(answer.header.memberID != 0)
            let ranges = answer.responses.map(\.responseRange)
            #expect(ranges.map(\.kvs.count) == [1_500, 3, 0])
            #expect(ranges.map(\.count) == [1_500, 1_500, 0])
            #expect(ranges.map(\.more) == [false, true, false])
            #expect(ranges.allSatisfy { $0.header.revision == 16 && $0.header.memberID == 0 })
            let alone: Etcdserverpb_RangeResponse = try await server.call(
                Methods.KV.range, Requests.range("k/", end: "k0"))
            #expect(ranges.first?.kvs == alone.kvs)
        }
    }

    @Test func compactedAndFutureRevisionsAreRefusedInEtcdsWords() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("a", "1")
            try await server.put("a", "2")
            var compaction = Etcdserverpb_CompactionRequest()
            compaction.revision = 3
            let _: Etcdserverpb_CompactionResponse = try await server.call(
                Methods.KV.compact, compaction)
            var old = Requests.range("a")
            old.revision = 2
            #expect(
                try await server.refusal(Methods.KV.range, old)
                    == Status(
                        .outOfRange, "etcdserver: mvcc: required revision has been compacted"))
            var future = Requests.range("a")
            future.revision = 9
            #expect(
                try await server.refusal(Methods.KV.range, future)
                    == Status(
                        .outOfRange, "etcdserver: mvcc: required revision is a future revision"))
        }
    }

    @Test func emptyKeysAreRefused() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let refusal = Status(.invalidArgument, "etcdserver: key is not provided")
            #expect(try await server.refusal(Methods.KV.put, Requests.put("", "x")) == refusal)
            #expect(try await server.refusal(Methods.KV.range, Requests.range("")) == refusal)
            #expect(
                try await server.refusal(Methods.KV.deleteRange, Requests.delete("")) == refusal)
        }
    }

    @Test func writesAboveTheLimitAreRefusedAndReadsOfThemAreNot() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let room = Limits.writeRequestBytesMax
            // Tags and lengths of key and value take 3 + 4 bytes.
            let largest = String(repeating: "v", count: room - 3 - 4)
            try await server.put("k", largest)
            #expect(try await server.get("k").kvs.first?.value.count == largest.utf8.count)
            #expect(
                try await server.refusal(Methods.KV.put, Requests.put("k", largest + "v"))
                    == Status(.invalidArgument, "etcdserver: request is too large"))
        }
    }

    /// More than an event loop takes on itself: the answer comes from the long reads.
    @Test func aLongRangeIsTheSameAsManyShortOnes() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let keys = (0..<4_000).map { "k" + String(10_000 + $0) }
            let value = String(repeating: "v", count: 500)
            for start in stride(from: 0, to: keys.count, by: 100) {
                let _: Etcdserverpb_TxnResponse = try await server.call(
                    Methods.KV.txn, Requests.puts(Array(keys[start..<start + 100]), value: value))
            }
            let all: Etcdserverpb_RangeResponse = try await server.call(
                Methods.KV.range, Requests.everything)
            #expect(all.count == 4_000 && !all.more)
            #expect(all.kvs.map { String(decoding: $0.key, as: UTF8.self) } == keys)
            #expect(all.kvs.allSatisfy { $0.value == Data(value.utf8) })
            #expect(all.header.revision == 41)

            var descending = Requests.everything
            descending.sortOrder = .descend
            descending.limit = 3_000
            let last: Etcdserverpb_RangeResponse = try await server.call(
                Methods.KV.range, descending)
            #expect(last.more && last.kvs.count == 3_000 && last.count == 4_000)
            #expect(
                last.kvs.map { String(decoding: $0.key, as: UTF8.self) }
                    == Array(keys.reversed().prefix(3_000)))

            var count = Requests.everything
            count.countOnly = true
            let counted: Etcdserverpb_RangeResponse = try await server.call(
                Methods.KV.range, count)
            #expect(counted.count == 4_000 && counted.kvs.isEmpty)
        }
    }

    @Test func bytesThatAreNoMessageAreAnInternalError() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for method in Methods.KV.all {
                do {
                    _ = try await server.client.unary(
                        method.path, ByteBuffer(bytes: [0x0a, 0xff]))
                    Issue.record("accepted by \(method.name)")
                } catch let status as Status {
                    #expect(status.code == .internal)
                }
            }
        }
    }

    /// Otherwise a method of the API would answer "not implemented".
    @Test func everyMethodOfTheApiHasAService() {
        #expect(Set(Methods.all).subtracting(Services.implemented).isEmpty)
    }
}
