import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// Clients who watch and do not read.
    @Suite struct SleepingWatchers {
        private static let valueBytes = 32 << 10
        private static let grownBytesMax = 16 << 20

        /// Many times the bound, so that a server that keeps events for sleepers exceeds it.
        private static var mebibytes: Int {
            Environment.number("VAULT_SLEEPER_MIB") ?? (TestSeed.soakRounds > 0 ? 1_024 : 64)
        }

        /// One does not even read its socket, two only stop taking messages. Somebody who reads
        /// gets every event meanwhile; a sleeper who reads again gets every event later, or hears
        /// that what comes next was compacted.
        @Test func theyCostLittleAndMissNothing() async throws {
            let server = try VaultdServer.dev()
            let connection = try await KVConnection(server.socketPath)
            let reader = try await KeyWatcher(server.socketPath, key: "key")
            let sleepers = [
                try await KeyWatcher(server.socketPath, key: "key"),
                try await KeyWatcher(server.socketPath, key: "key"),
            ]
            let deaf = try watchWithoutReading(server, key: "key")
            let first = try await connection.put("key", "first")
            let before = try memory(of: server)

            let rounds = SleepingWatchers.mebibytes << 20 / SleepingWatchers.valueBytes / 64
            let last = first + Int64(64 * rounds)
            async let read = reader.revisions(upTo: last)
            for _ in 0..<rounds {
                try await put64(connection)
                let grown = try memory(of: server) - before
                try #require(grown < SleepingWatchers.grownBytesMax, "grew by \(grown) bytes")
            }
            #expect(try await read == Array(first...last))
            #expect(try await sleepers[0].revisions(upTo: last) == Array(first...last))

            try await connection.compact(last)
            let (revisions, compacted) = try await sleepers[1].revisionsUntilCancelled()
            let end = first + Int64(revisions.count)
            #expect(revisions == Array(first..<end), "no gap before the cancellation")
            #expect(end < last)
            #expect(compacted == last)

            withExtendedLifetime(deaf) {}
            await connection.close()
            try server.stop()
        }

        private func put64(_ connection: KVConnection) async throws {
            let value = String(repeating: "v", count: SleepingWatchers.valueBytes)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<8 { try await connection.put("key", value) }
                    }
                }
                try await group.waitForAll()
            }
        }

        /// Asks to watch and never looks at the socket again.
        private func watchWithoutReading(
            _ server: VaultdServer, key: String
        ) throws -> UnixSocket {
            let socket = try UnixSocket(connectingTo: server.socketPath)
            let request: [UInt8] = try KeyWatcher.request(key).serializedBytes()
            socket.send(
                FrameWriter.preface + FrameWriter.settings + FrameWriter.windowUpdate
                    + FrameWriter.call(Methods.Watch.watch.path, request, stream: 1))
            return socket
        }

        /// Bytes of the server's own memory, without the mapped store.
        private func memory(of server: VaultdServer) throws -> Int {
            let status = try Files.text("/proc/\(server.program.processID)/status")
            let line = try #require(
                status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(Int(line.filter(\.isNumber))) * 1_024
        }
    }
}
