import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

@Suite struct SealRaceTests {
    private let sealed = Status(.unavailable, "vaultd: sealed")

    /// Writers and readers go on while the vault is sealed and unsealed: each call is answered
    /// fully or refused as sealed, and nothing that was acknowledged is lost.
    @Test func sealingUnderLoadLosesNothingThatWasAcknowledged() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let acknowledged = try await withThrowingTaskGroup(of: [String: Int].self) { group in
                for writer in 0..<8 {
                    group.addTask { try await write("w\(writer)", server) }
                }
                for _ in 0..<4 {
                    group.addTask { try await read(server) }
                }
                group.addTask {
                    for _ in 0..<5 {
                        try await server.seal()
                        try await server.unseal()
                    }
                    return [:]
                }
                return try await group.reduce(into: [:]) { all, some in
                    all.merge(some) { max($0, $1) }
                }
            }
            #expect(acknowledged.count == 8)
            for (key, number) in acknowledged {
                let found = try await server.get(key)
                let pair = try #require(found.kvs.first)
                // A write whose answer was lost to the seal may have happened, too.
                #expect((Int(String(decoding: pair.value, as: UTF8.self)) ?? -1) >= number)
            }
        }
    }

    private func write(_ key: String, _ server: TestServer) async throws -> [String: Int] {
        var last = -1
        for number in 0..<300 {
            do {
                try await server.put(key, String(number))
                last = number
            } catch let status as Status {
                guard status == sealed else { throw status }
            }
        }
        // At least one is acknowledged after the last seal.
        while true {
            do {
                try await server.put(key, String(300))
                return [key: max(last, 300)]
            } catch let status as Status {
                guard status == sealed else { throw status }
            }
        }
    }

    private func read(_ server: TestServer) async throws -> [String: Int] {
        for _ in 0..<300 {
            do {
                let found: Etcdserverpb_RangeResponse = try await server.call(
                    Methods.KV.range, Requests.everything)
                #expect(found.count == Int64(found.kvs.count))
            } catch let status as Status {
                guard status == sealed else { throw status }
            }
        }
        return [:]
    }

    @Test func manySealsAndUnsealsAtOnceEndInOneState() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        do {
                            if number % 2 == 0 {
                                try await server.seal()
                            } else {
                                try await server.unseal()
                            }
                        } catch let status as Status {
                            // Busy, already unsealed, or too many attempts at once.
                            #expect(
                                [.failedPrecondition, .resourceExhausted].contains(status.code))
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
            try await server.seal()
            try await server.unseal()
            try await server.put("a", "1")
            #expect(try await server.get("a").count == 1)
        }
    }

    @Test func stoppingWithCallsUnderWayEnds() async throws {
        let server = try await TestServer()
        try await server.initialize()
        let calls = Task {
            for number in 0..<10_000 { try await server.put("k", String(number)) }
        }
        _ = try await server.put("first", "1")
        await server.daemon.stop()
        await #expect(throws: (any Error).self) { try await calls.value }
        await server.client.close()
    }
}
