import Glibc
import RPC
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// What clients can make the server hold in memory, and whom they can keep out.
    @Suite struct Floods {
        private static let mebibyte = 1 << 20

        @Test func namesOfUnknownServicesAreNotKeptForWatchersOfTheHealth() throws {
            let server = try VaultdServer.dev()
            let name = [UInt8](repeating: 0x6e, count: 200_000)
            let flood = try FloodConnection(server.socketPath)
            #expect(flood.settle())
            let before = try Self.residentBytes(server)
            for _ in 0..<500 {
                flood.open(Methods.Health.watch.path)
                // Field 1, of 200,000 bytes.
                flood.send(FloodConnection.message([0x0a, 0xc0, 0x9a, 0x0c] + name))
            }
            #expect(flood.settle())
            let growth = try Self.residentBytes(server) - before
            #expect(growth < 40 * Self.mebibyte, "\(growth) bytes for 500 watchers")
            try server.stop()
        }

        /// A message of no bytes is five on the wire. What waits must not cost much more.
        @Test func messagesForAHandlerThatPausedCostWhatTheyHave() throws {
            let server = try VaultdServer.dev()
            let flood = try FloodConnection(server.socketPath, window: 0)
            #expect(flood.settle())
            let before = try Self.residentBytes(server)
            for _ in 0..<4 {
                flood.open(Methods.Reflection.serverReflectionInfo.path)
                // Field 4, a symbol of 9,000 bytes, which the answers repeat: too much is unread
                // after some of them, and the handler pauses.
                let symbol = [0x22, 0xa8, 0x46] + [UInt8](repeating: 0x73, count: 9_000)
                for _ in 0..<16 { flood.send(FloodConnection.message(symbol)) }
                let empty = Array(repeatElement(FloodConnection.message([]), count: 20_000))
                flood.send(Array(empty.joined()))
            }
            #expect(flood.settle())
            let growth = try Self.residentBytes(server) - before
            #expect(growth < 40 * Self.mebibyte, "\(growth) bytes for 80,000 empty messages")
            try server.stop()
        }

        @Test func whatOneUserLeavesUnfinishedIsBounded() throws {
            let server = try VaultdServer.dev()
            let before = try Self.residentBytes(server)
            // Each has 96 requests of a quarter of a mebibyte that never end; no more than ten
            // connections have room.
            var floods: [FloodConnection] = []
            var isCutOff = false
            while floods.count < 20, !isCutOff {
                let flood = try FloodConnection(server.socketPath)
                for _ in 0..<96 {
                    flood.open(Methods.Health.check.path)
                    let begun = [UInt8](repeating: 0x79, count: 260_000)
                    flood.send([0, 0, 0x10, 0, 0] + begun)
                }
                isCutOff = !flood.settle()
                floods.append(flood)
            }
            #expect(isCutOff && floods.count > 5, "\(floods.count) connections")
            let growth = try Self.residentBytes(server) - before
            #expect(growth < 500 * Self.mebibyte, "\(growth) bytes")
            // Whoever leaves nothing unfinished is served.
            let answer = try Program.run(
                try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath, "whoami"])
            #expect(answer.status == .exit(0), "\(answer)")
            try server.stop()
        }

        private static func residentBytes(_ server: VaultdServer) throws -> Int {
            let path = "/proc/\(server.program.processID)/statm"
            let fields = try Files.text(path).split(separator: " ")
            let pages = fields.count > 1 ? Int(fields[1]) : nil
            return try #require(pages) * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }
}
