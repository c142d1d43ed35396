import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests.Differential {
    /// Leases that end by themselves, on vaultd and on a real etcd.
    @Suite struct LeaseEnds {
        /// What one server did: the keys that each end deleted, and what is left.
        private struct Outcome: Equatable {
            /// The keys of each revision that deletes, in the order in which they were told; the
            /// ends of different leases come in any order.
            var ends: [[String]] = []
            var left: [String] = []
            var leases: [Int64] = []
        }

        @Test func whatEndsIsWhatEndsInEtcd() async throws {
            let oracle = try EtcdServer()
            let subject = try VaultdServer.dev()
            async let one = outcome(of: oracle)
            async let two = outcome(of: subject)
            let (left, right) = try await (one, two)
            #expect(left == right)
            #expect(
                right
                    == Outcome(
                        ends: [["a", "b", "c"], ["e"]], left: ["d", "f", "g", "h"],
                        leases: [4, 5]))
        }

        private func outcome(of server: any TestServer) async throws -> Outcome {
            let connection = try await KVConnection(server.socketPath)
            for (id, ttl) in [(1, 6), (2, 7), (3, 6), (4, 5_000), (5, 7)] as [(Int64, Int64)] {
                let _: Etcdserverpb_LeaseGrantResponse = try await connection.call(
                    Methods.Lease.leaseGrant,
                    Etcdserverpb_LeaseGrantRequest.with {
                        $0.id = id
                        $0.ttl = ttl
                    })
            }
            // 1 has c, a and b; 2 has e; 3 has nothing any more; 4 lasts; 5 is kept alive.
            for (key, lease) in [
                ("c", 1), ("a", 1), ("b", 3), ("b", 1), ("d", 1), ("d", 4), ("e", 2), ("f", 3),
                ("f", 0), ("g", 5), ("h", 1),
            ] as [(String, Int64)] {
                try await put(connection, key, lease: lease)
            }
            try await connection.delete("h")
            // The first end is seen also where it comes before the watch.
            let next = try await put(connection, "h", lease: 0).header.revision + 1
            let watch = try await WatchConnection(server.socketPath)
            try await watch.send(
                .createRequest(
                    .with {
                        $0.key = Data([0])
                        $0.rangeEnd = Data([0])
                        $0.filters = [.noput]
                        $0.startRevision = next
                    }))
            var outcome = Outcome()
            var ends: [Int64: [String]] = [:]
            // In pieces: a server may tell of each end alone.
            async let kept: Void = keepAlive(5, on: connection, until: [1, 2, 3])
            while ends.values.joined().count < 4 {
                for event in try await watch.next().events {
                    #expect(event.type == .delete)
                    ends[event.kv.modRevision, default: []].append(
                        String(decoding: event.kv.key, as: UTF8.self))
                }
            }
            try await kept
            outcome.ends = ends.values.sorted { $0[0] < $1[0] }
            outcome.left = try await connection.everything().kvs.map {
                String(decoding: $0.key, as: UTF8.self)
            }
            outcome.leases = try await leases(connection)
            await watch.close()
            await connection.close()
            return outcome
        }

        /// Renews the lease `id` again and again until those of `others` are gone.
        private func keepAlive(
            _ id: Int64, on connection: KVConnection, until others: Set<Int64>
        ) async throws {
            while try await !others.isDisjoint(with: leases(connection)) {
                let answer: Etcdserverpb_LeaseKeepAliveResponse = try await connection.call(
                    Methods.Lease.leaseKeepAlive,
                    Etcdserverpb_LeaseKeepAliveRequest.with { $0.id = id })
                #expect(answer.ttl == 7, "it must not end while it is kept alive")
                if answer.ttl == 0 { return }
            }
        }

        private func leases(_ connection: KVConnection) async throws -> [Int64] {
            let answer: Etcdserverpb_LeaseLeasesResponse = try await connection.call(
                Methods.Lease.leaseLeases, Etcdserverpb_LeaseLeasesRequest())
            return answer.leases.map(\.id).sorted()
        }

        @discardableResult private func put(
            _ connection: KVConnection, _ key: String, lease: Int64
        ) async throws -> Etcdserverpb_PutResponse {
            try await connection.call(
                Methods.KV.put,
                Etcdserverpb_PutRequest.with {
                    $0.key = Data(key.utf8)
                    $0.lease = lease
                })
        }
    }
}
