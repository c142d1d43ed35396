import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Synchronization
import Testing
import VaultAPI

@testable import VaultServer

/// Locks and elections over a real socket.
@Suite struct RecipeTests {
    private static func grant(_ server: TestServer, ttl: Int64 = 60) async throws -> Int64 {
        var request = Etcdserverpb_LeaseGrantRequest()
        request.ttl = ttl
        let response: Etcdserverpb_LeaseGrantResponse = try await server.call(
            Methods.Lease.leaseGrant, request)
        return response.id
    }

    private static func revoke(_ server: TestServer, _ lease: Int64) async throws {
        var request = Etcdserverpb_LeaseRevokeRequest()
        request.id = lease
        let _: Etcdserverpb_LeaseRevokeResponse = try await server.call(
            Methods.Lease.leaseRevoke, request)
    }

    private static func lock(
        _ server: TestServer, _ name: String, lease: Int64
    ) async throws -> V3lockpb_LockResponse {
        var request = V3lockpb_LockRequest()
        request.name = Data(name.utf8)
        request.lease = lease
        return try await server.call(Methods.Lock.lock, request)
    }

    /// They put keys as `Put` does, and what it refuses is refused here.
    @Test func namesAndValuesAreNoLargerThanThoseOfAPut() async throws {
        let tooLarge = Status(.invalidArgument, "etcdserver: request is too large")
        let bytes = Data(repeating: 0x6c, count: 1_600_000)
        try await TestServer.withUnsealed { (server) async throws in
            #expect(
                try await server.refusal(
                    Methods.Lock.lock, V3lockpb_LockRequest.with { $0.name = bytes }) == tooLarge)
            let campaign = V3electionpb_CampaignRequest.with {
                $0.name = Data("e".utf8)
                $0.value = bytes
            }
            #expect(try await server.refusal(Methods.Election.campaign, campaign) == tooLarge)
            #expect(try await server.status().keys == 0)
        }
    }

    private static func unlock(_ server: TestServer, _ key: Data) async throws {
        var request = V3lockpb_UnlockRequest()
        request.key = key
        let _: V3lockpb_UnlockResponse = try await server.call(Methods.Lock.unlock, request)
    }

    /// How many keys there are under a name; to see that a call has taken its place.
    private static func places(_ server: TestServer, _ name: String) async throws -> Int64 {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data((name + "/").utf8)
        request.rangeEnd = Data((name + "0").utf8)
        let response: Etcdserverpb_RangeResponse = try await server.call(
            Methods.KV.range, request)
        return response.count
    }

    private static func waitForPlaces(
        _ server: TestServer, _ name: String, _ count: Int64
    ) async throws {
        for _ in 0..<3_000 {
            if try await places(server, name) == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("there are never \(count) places under \(name)")
    }

    @Test func aLockIsHeldByOneAndGoesToTheNext() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let leases = [
                try await Self.grant(server), try await Self.grant(server),
                try await Self.grant(server),
            ]
            let first = try await Self.lock(server, "l", lease: leases[0])
            #expect(
                String(decoding: first.key, as: UTF8.self)
                    == "l/" + String(leases[0], radix: 16))
            // The same lease has it already.
            #expect(try await Self.lock(server, "l", lease: leases[0]).key == first.key)
            let order = Order()
            let second = Self.pass(server, lease: leases[1], 1, order)
            try await Self.waitForPlaces(server, "l", 2)
            let third = Self.pass(server, lease: leases[2], 2, order)
            try await Self.waitForPlaces(server, "l", 3)
            #expect(order.seen.isEmpty)
            try await Self.unlock(server, first.key)
            try await second.value
            try await third.value
            #expect(order.seen == [1, 2])
            #expect(try await Self.places(server, "l") == 0)
        }
    }

    /// Who held the lock, in order.
    private final class Order: Sendable {
        private let numbers = Mutex<[Int]>([])
        var seen: [Int] { numbers.withLock { $0 } }
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    /// Locks, notes it, and unlocks.
    private static func pass(
        _ server: TestServer, lease: Int64, _ number: Int, _ order: Order
    ) -> Task<Void, any Error> {
        Task {
            let held = try await lock(server, "l", lease: lease)
            order.add(number)
            try await unlock(server, held.key)
        }
    }

    @Test func aLeaseThatEndsGivesTheLockUp() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let (holder, waiter) = (try await Self.grant(server), try await Self.grant(server))
            _ = try await Self.lock(server, "l", lease: holder)
            let waiting = Task { try await Self.lock(server, "l", lease: waiter) }
            try await Self.waitForPlaces(server, "l", 2)
            try await Self.revoke(server, holder)
            let held = try await waiting.value
            #expect(String(decoding: held.key, as: UTF8.self).hasPrefix("l/"))
        }
    }

    /// One who waits, and whose own lease ends, is told at once.
    @Test func aWaiterWhoseLeaseEndsIsTold() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let (holder, waiter) = (try await Self.grant(server), try await Self.grant(server))
            _ = try await Self.lock(server, "l", lease: holder)
            var request = V3lockpb_LockRequest()
            request.name = Data("l".utf8)
            request.lease = waiter
            let lost = request
            let waiting = Task { try await server.refusal(Methods.Lock.lock, lost) }
            try await Self.waitForPlaces(server, "l", 2)
            try await Self.revoke(server, waiter)
            #expect(
                try await waiting.value == Status(.unknown, "mutex: session is expired"))
        }
    }

    @Test func anUnknownLeaseIsRefusedAndSealingEndsTheWait() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = V3lockpb_LockRequest()
            request.name = Data("l".utf8)
            request.lease = 4_711
            #expect(
                try await server.refusal(Methods.Lock.lock, request)
                    == Status(.notFound, "etcdserver: requested lease not found"))
            // Without a lease the server grants one.
            request.lease = 0
            let held: V3lockpb_LockResponse = try await server.call(Methods.Lock.lock, request)
            #expect(String(decoding: held.key, as: UTF8.self).hasPrefix("l/"))
            let again = request
            let waiting = Task { try await server.refusal(Methods.Lock.lock, again) }
            try await Self.waitForPlaces(server, "l", 2)
            try await server.seal()
            #expect(try await waiting.value?.code == .unavailable)
        }
    }

    /// A client that goes away leaves no place behind that others would wait for.
    @Test func aClientThatGoesAwayGivesItsPlaceUp() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let lease = try await Self.grant(server)
            let held = try await Self.lock(server, "l", lease: lease)
            let other = try await Self.grant(server)
            let waiting = Task { try await Self.lock(server, "l", lease: other) }
            try await Self.waitForPlaces(server, "l", 2)
            waiting.cancel()
            try await Self.waitForPlaces(server, "l", 1)
            try await Self.unlock(server, held.key)
            #expect(try await Self.places(server, "l") == 0)
        }
    }

    // MARK: - Elections

    private static func campaign(
        _ server: TestServer, _ value: String, lease: Int64
    ) async throws -> V3electionpb_LeaderKey {
        var request = V3electionpb_CampaignRequest()
        request.name = Data("e".utf8)
        request.value = Data(value.utf8)
        request.lease = lease
        let response: V3electionpb_CampaignResponse = try await server.call(
            Methods.Election.campaign, request)
        return response.leader
    }

    private static func leader(_ server: TestServer) async throws -> String {
        var request = V3electionpb_LeaderRequest()
        request.name = Data("e".utf8)
        let response: V3electionpb_LeaderResponse = try await server.call(
            Methods.Election.leader, request)
        return String(decoding: response.kv.value, as: UTF8.self)
    }

    @Test func oneLeadsAtATime() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = V3electionpb_LeaderRequest()
            request.name = Data("e".utf8)
            #expect(
                try await server.refusal(Methods.Election.leader, request)
                    == Status(.unknown, "election: no leader"))
            let first = try await Self.campaign(
                server, "one", lease: try await Self.grant(server))
            #expect(try await Self.leader(server) == "one")
            let lease = try await Self.grant(server)
            let waiting = Task { try await Self.campaign(server, "two", lease: lease) }
            try await Self.waitForPlaces(server, "e", 2)
            #expect(try await Self.leader(server) == "one")

            var proclaim = V3electionpb_ProclaimRequest()
            proclaim.leader = first
            proclaim.value = Data("uno".utf8)
            let _: V3electionpb_ProclaimResponse = try await server.call(
                Methods.Election.proclaim, proclaim)
            #expect(try await Self.leader(server) == "uno")

            var resign = V3electionpb_ResignRequest()
            resign.leader = first
            let _: V3electionpb_ResignResponse = try await server.call(
                Methods.Election.resign, resign)
            let second = try await waiting.value
            #expect(second.lease == lease)
            #expect(try await Self.leader(server) == "two")
            #expect(
                try await server.refusal(Methods.Election.proclaim, proclaim)
                    == Status(.unknown, "election: not leader"))
        }
    }

    @Test func observersHearWhoLeads() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let stream = try await server.client.stream(Methods.Election.observe.path)
            var request = V3electionpb_LeaderRequest()
            request.name = Data("e".utf8)
            let bytes: [UInt8] = try request.serializedBytes()
            try await stream.send(ByteBuffer(bytes: bytes))
            stream.finishSending()
            let lease = try await Self.grant(server)
            let leader = try await Self.campaign(server, "one", lease: lease)
            var messages = stream.messages.makeAsyncIterator()
            func next() async throws -> String? {
                guard let message = try await messages.next() else { return nil }
                let response = try V3electionpb_LeaderResponse(
                    serializedBytes: [UInt8](message.readableBytesView))
                return String(decoding: response.kv.value, as: UTF8.self)
            }
            #expect(try await next() == "one")
            var proclaim = V3electionpb_ProclaimRequest()
            proclaim.leader = leader
            proclaim.value = Data("uno".utf8)
            let _: V3electionpb_ProclaimResponse = try await server.call(
                Methods.Election.proclaim, proclaim)
            #expect(try await next() == "uno")
            try await server.seal()
            do {
                _ = try await next()
                Issue.record("the stream went on")
            } catch let status as Status {
                #expect(status.code == .unavailable)
            }
        }
    }
}
