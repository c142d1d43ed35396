import FoundationEssentials
import Glibc
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// Clients that do not keep to the protocol, and clients that keep to it and are a burden all
    /// the same. Each time, others are served as before.
    @Suite struct BadClients {
        @Test func garbageEndsOnlyItsOwnConnection() async throws {
            let server = try VaultdServer.dev()
            let other = try await KVConnection(server.socketPath)
            try await other.put("key", "value")
            let seed = TestSeed.seeds(1, for: "garbage")[0]
            var random = SeededRandom(seed: seed)
            for round in 0..<(150 + 2_000 * TestSeed.soakRounds) {
                let socket = try UnixSocket(connectingTo: server.socketPath)
                // With and without a valid beginning; whole, cut and flipped frames.
                var bytes = random.once(in: 4) ? [] : FrameWriter.preface + FrameWriter.settings
                if random.once(in: 2) {
                    bytes += FrameWriter.call("/etcdserverpb.KV/Range", [10, 1, 97], stream: 1)
                }
                if !bytes.isEmpty, random.once(in: 2) {
                    for _ in 0..<4 {
                        let index = random.pick(bytes.indices)
                        bytes[index] = UInt8(truncatingIfNeeded: random.next())
                    }
                }
                bytes += random.bytes(Int(random.next() % 200))
                if random.once(in: 3) { bytes = Array(bytes.prefix(Int(random.next() % 120))) }
                socket.send(bytes)
                shutdown(socket.descriptor, Int32(SHUT_WR))
                let end = socket.receiveUntilClosed(timeout: .seconds(20))
                #expect(end != nil, "seed \(seed), round \(round): the connection stays")
                if round % 10 == 0 { #expect(try await other.get("key") == "value") }
            }
            #expect(try await other.get("key") == "value")
            await other.close()
            try server.stop()
        }

        @Test func aRequestOfTwoMebibytesIsRefusedAndTheConnectionGoesOn() async throws {
            let server = try VaultdServer.dev()
            let connection = try await KVConnection(server.socketPath)
            for size in [2 << 20, 8 << 20] {
                let request = Etcdserverpb_PutRequest.with {
                    $0.key = Data("key".utf8)
                    $0.value = Data(repeating: 1, count: size)
                }
                let bytes: [UInt8] = try request.serializedBytes()
                let answer = await connection.call(Methods.KV.put.path, bytes)
                let text = "grpc: received message larger than max (\(bytes.count) vs. 2097152)"
                #expect(answer == .failure(Status(.resourceExhausted, text)))
                #expect(try await connection.get("key") == nil)
            }
            await connection.close()
            try server.stop()
        }

        @Test func aClientThatNeverReadsStopsNobody() async throws {
            let server = try VaultdServer.dev()
            let other = try await KVConnection(server.socketPath)
            try await other.put("large", String(repeating: "x", count: 1_000_000))
            let silent = try UnixSocket(connectingTo: server.socketPath)
            var flags = fcntl(silent.descriptor, F_GETFL)
            flags |= O_NONBLOCK
            _ = fcntl(silent.descriptor, F_SETFL, flags)
            // Two thousand answers of a megabyte each are asked for; none is ever taken.
            var requests = FrameWriter.preface + FrameWriter.settings + FrameWriter.windowUpdate
            for number in 0..<2_000 {
                requests += FrameWriter.call(
                    Methods.KV.range.path, [10, 5] + Array("large".utf8),
                    stream: UInt32(number) * 2 + 1)
            }
            silent.send(requests)
            for number in 0..<200 {
                try await other.put("small", "\(number)")
                #expect(try await other.get("small") == "\(number)")
            }
            let memory = try anonymousMemory(of: server.program.processID)
            #expect(memory < 200 << 20, "\(memory >> 20) MiB for answers that nobody reads")
            shutdown(silent.descriptor, Int32(SHUT_RDWR))
            await other.close()
            try server.stop()
        }

        @Test func thousandsOfConnectionsLeaveRoomForWork() async throws {
            let server = try VaultdServer.dev()
            let early = try await KVConnection(server.socketPath)
            try await early.put("key", "value")
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // This process and the server each need a descriptor a connection, and some besides.
            let count = min(10_000, Int(limit.rlim_cur) - 500)
            try #require(count > 200, "raise the limit of open files: ulimit -n 20000")
            var crowd: [UnixSocket] = []
            for number in 0..<count {
                // A refusal must come at once, not as a silence. Some say hello, most say nothing.
                guard let socket = try? UnixSocket(connectingTo: server.socketPath) else { break }
                if number % 3 == 0 { socket.send(FrameWriter.preface + FrameWriter.settings) }
                crowd.append(socket)
                if number % 500 == 0 { #expect(try await early.get("key") == "value") }
            }
            #expect(crowd.count == count, "connecting failed: the backlog is not emptied")
            #expect(try await early.get("key") == "value")
            crowd.removeAll()
            // All that is left of them is gone before the next one comes in.
            let connected = await retrying { try await KVConnection(server.socketPath) }
            let late = try #require(connected)
            #expect(try await late.get("key") == "value")
            await late.close()
            await early.close()
            try server.stop()
        }

        /// Tries until a call works: the server takes its time to notice that thousands have left.
        private func retrying(
            _ connect: () async throws -> KVConnection
        ) async -> KVConnection? {
            let end = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < end {
                do {
                    let connection = try await connect()
                    if case .success = await connection.call(
                        Methods.KV.range.path, [10, 1, 97], timeout: .seconds(5))
                    {
                        return connection
                    }
                    await connection.close()
                } catch {}
                await Task.yield()
            }
            return nil
        }

        private func anonymousMemory(of process: pid_t) throws -> Int {
            for line in try Files.text("/proc/\(process)/status").split(separator: "\n") {
                if let rest = String(line).after("RssAnon:") {
                    return Int(rest.filter(\.isNumber)).map { $0 << 10 } ?? 0
                }
            }
            throw TestFailure("no RssAnon of process \(process)")
        }
    }
}
