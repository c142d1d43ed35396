import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

@Suite struct ArchiveOutletTests {
    private static let path = "/test.Archive/Make"
    private static let pieces = 40

    private static func piece(_ number: Int) -> [UInt8] {
        var random = SeededRandom(seed: UInt64(number))
        return random.bytes(number % 5 == 4 ? 100 : 262_000 + number)
    }

    private final class Handler: StreamHandler {
        private let call: StreamCall
        private let outlet: ArchiveOutlet
        private var maker: TestThread?

        init(_ call: StreamCall) {
            self.call = call
            // Beside other tests the client may not come to read for a minute.
            outlet = ArchiveOutlet(call, stallMax: 3_600_000_000_000)
        }

        func received(_ message: ByteBuffer) {}

        func halfClosed() {
            maker = TestThread { [call, outlet] in
                do {
                    outlet.announce(records: 7)
                    for number in 0..<ArchiveOutletTests.pieces {
                        try ArchiveOutletTests.piece(number).withUnsafeBytes {
                            try outlet.send($0)
                        }
                    }
                    call.finish(.ok)
                } catch { call.finish(Status(.internal, "\(error)")) }
            }
        }

        func cancelled() { outlet.cancel() }
        func writable() { outlet.writable() }
    }

    /// The memory of messages is used again, and only once the connection has let go of it.
    @Test(arguments: [false, true])
    func everyPieceArrivesWhole(clientIsSlow: Bool) async throws {
        let directory = TestDirectory()
        let group = MultiThreadedEventLoopGroup.singleton
        let route = Route.stream(Self.path) { Handler($0) }
        let server = Server(routes: { [route] }, group: group)
        try await server.start(try ListeningSocket.bind(path: directory.path + "/s"))
        let client = try await Client.connect(socketPath: directory.path + "/s", group: group)
        let stream = try await client.stream(Self.path, recyclesMessages: true)
        stream.finishSending()
        var number = 0
        for try await message in stream.messages {
            // Long enough for the connection to be full of what comes next.
            if clientIsSlow, number < 4 { try await Task.sleep(for: .milliseconds(50)) }
            let bytes = message.getBytes(at: message.readerIndex, length: message.readableBytes)
            let blob = try Vault_V1_ArchiveBlob(serializedBytes: bytes ?? [])
            #expect([UInt8](blob.blob) == Self.piece(number), "piece \(number)")
            #expect(blob.records == (number == 0 ? 7 : 0))
            number += 1
        }
        #expect(number == Self.pieces)
        await client.close()
        await server.drain(timeout: .seconds(5))
    }
}
