import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

/// A lease names keys and ends them: etcd's GHSA-3p4g-rcw5-8298 and its kin.
@Suite(.serialized) struct LeaseLessonTests {
    private static let denied = Status(.permissionDenied, "etcdserver: permission denied")

    @Test func theKeysOfALeaseAreToldToTheirReadersAlone() async throws {
        try await TestServer.withLogins { (server) async throws in
            let lease = try await server.lease(["a", "b"])
            let half = try await server.somebody("half", [.read("a")])
            let whole = try await server.somebody("whole", [.read("a", "c")])
            var request = Etcdserverpb_LeaseTimeToLiveRequest.with { $0.id = lease }
            #expect(try await half.refusal(Methods.Lease.leaseTimeToLive, request) == nil)
            request.keys = true
            #expect(
                try await half.refusal(Methods.Lease.leaseTimeToLive, request) == Self.denied)
            let answer: Etcdserverpb_LeaseTimeToLiveResponse = try await whole.call(
                Methods.Lease.leaseTimeToLive, request)
            #expect(answer.keys.count == 2)
        }
    }

    /// So many are gathered apart from the event loop, later.
    @Test func soAreTheKeysOfALargeLease() async throws {
        try await TestServer.withLogins { (server) async throws in
            let names = (0...Limits.inlineLeaseItemsMax).map { "a\($0)" }
            let lease = try await server.lease(names + ["b"])
            let half = try await server.somebody("half", [.read("a", "b")])
            let whole = try await server.somebody("whole", [.read("a", "c")])
            let request = Etcdserverpb_LeaseTimeToLiveRequest.with {
                $0.id = lease
                $0.keys = true
            }
            #expect(
                try await half.refusal(Methods.Lease.leaseTimeToLive, request) == Self.denied)
            let answer: Etcdserverpb_LeaseTimeToLiveResponse = try await whole.call(
                Methods.Lease.leaseTimeToLive, request)
            #expect(answer.keys.count == names.count + 1)
        }
    }

    @Test func whoMayNotWriteItsKeysMayNotEndALease() async throws {
        try await TestServer.withLogins { (server) async throws in
            let lease = try await server.lease(["a", "b"])
            let alice = try await server.somebody("alice", [.both("a"), .read("b")])
            let request = Etcdserverpb_LeaseRevokeRequest.with { $0.id = lease }
            #expect(try await alice.refusal(Methods.Lease.leaseRevoke, request) == Self.denied)
            #expect(try await server.get("b").count == 1)
        }
    }

    @Test func whoMayNotWriteItsKeysMayNotKeepALease() async throws {
        try await TestServer.withLogins { (server) async throws in
            let lease = try await server.lease(["a", "b"])
            let alice = try await server.somebody("alice", [.both("a"), .read("b")])
            let stream = try await alice.stream(
                Methods.Lease.leaseKeepAlive,
                Etcdserverpb_LeaseKeepAliveRequest.with { $0.id = lease })
            await #expect(throws: Self.denied) {
                for try await _ in stream.messages {}
            }
        }
    }

    @Test func nobodyHangsAKeyOnALeaseWithOtherPeoplesKeys() async throws {
        try await TestServer.withLogins { (server) async throws in
            let lease = try await server.lease(["b"])
            let alice = try await server.somebody("alice", [.both("a"), .both("l/", "l0")])
            var put = Requests.put("a", "v")
            put.lease = lease
            #expect(try await alice.refusal(Methods.KV.put, put) == Self.denied)
            let transaction = Etcdserverpb_TxnRequest.with {
                $0.failure = [.with { $0.requestPut = put }]
            }
            #expect(try await alice.refusal(Methods.KV.txn, transaction) == Self.denied)
            let lock = V3lockpb_LockRequest.with {
                $0.name = Data("l".utf8)
                $0.lease = lease
            }
            #expect(try await alice.refusal(Methods.Lock.lock, lock) == Self.denied)
            let campaign = V3electionpb_CampaignRequest.with {
                $0.name = Data("l".utf8)
                $0.lease = lease
            }
            #expect(try await alice.refusal(Methods.Election.campaign, campaign) == Self.denied)
            #expect(try await server.get("a").count == 0)
        }
    }

    /// Wherever the one key lies among those that the caller may write.
    @Test func oneOfManyKeysIsEnoughToBeRefused() async throws {
        try await TestServer.withLogins { (server) async throws in
            let names = (100..<330).map { "a/\($0)" } + (340..<700).map { "a/\($0)" }
            let lease = try await server.lease(names)
            let alice = try await server.somebody(
                "alice", [.both("a/", "a/33"), .both("a/34", "a0")])
            var request = Requests.puts(names.suffix(128), value: "v")
            for place in request.success.indices {
                request.success[place].requestPut.lease = lease
            }
            #expect(try await alice.refusal(Methods.KV.txn, request) == nil)
            for key in ["a", "a/33", "b"] {
                var put = Requests.put(key, "v")
                put.lease = lease
                let _: Etcdserverpb_PutResponse = try await server.call(Methods.KV.put, put)
                #expect(
                    try await alice.refusal(Methods.KV.txn, request) == Self.denied, "\(key)")
                let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
                    Methods.KV.deleteRange, Requests.delete(key))
                #expect(try await alice.refusal(Methods.KV.txn, request) == nil, "\(key)")
            }
        }
    }

    /// Rights are asked for each operation: there must not be any number of them.
    @Test func howManyOperationsThereAreIsLookedAtBeforeTheirRights() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("a/", "a0")])
            let request = Etcdserverpb_TxnRequest.with { request in
                request.success = (0..<10).map { group in
                    .with {
                        $0.requestTxn = Requests.puts(
                            (0..<110).map { "b/\(group)/\($0)" }, value: "v")
                    }
                }
            }
            #expect(
                try await alice.refusal(Methods.KV.txn, request)
                    == Status(
                        .invalidArgument, "etcdserver: too many operations in txn request"))
        }
    }

    @Test func aLeaderDoesNotMoveItsPlaceToOtherPeoplesLease() async throws {
        try await TestServer.withLogins { (server) async throws in
            let lease = try await server.lease(["b"])
            let alice = try await server.somebody("alice", [.both("l/", "l0")])
            let put = try await server.put("l/1", "v")
            let proclaim = V3electionpb_ProclaimRequest.with {
                $0.leader.name = Data("l".utf8)
                $0.leader.key = Data("l/1".utf8)
                $0.leader.rev = put.header.revision
                $0.leader.lease = lease
            }
            #expect(try await alice.refusal(Methods.Election.proclaim, proclaim) == Self.denied)
        }
    }

    /// The name of a queue is a prefix with a slash, whoever writes it otherwise.
    @Test func aQueuesNameEndsAtItsSlash() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("l/", "l0")])
            for name in ["", "m", "l0", "L", "l\0"] {
                let lock = V3lockpb_LockRequest.with { $0.name = Data(name.utf8) }
                #expect(
                    try await alice.refusal(Methods.Lock.lock, lock) == Self.denied, "\(name)")
                let leader = V3electionpb_LeaderRequest.with { $0.name = Data(name.utf8) }
                #expect(
                    try await alice.refusal(Methods.Election.leader, leader) == Self.denied,
                    "\(name)")
            }
        }
    }
}
