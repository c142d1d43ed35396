import Glibc
import NIOCore
import Testing

@testable import RPC

/// Peers that do not mean well. Each is disconnected; nobody else notices.
@Suite struct AbuseTests {
    private static let enhanceYourCalm: UInt32 = 0xB

    /// Runs the attack, then checks that the server still answers others.
    private func attack(
        _ limits: ServerLimits = ServerLimits(),
        _ body: (RawConnection) async throws -> Void
    ) async throws -> [ServerEvent] {
        try await TestServer.run([UnaryTests.echo], limits: limits) { test in
            let raw = try RawConnection(test.path)
            try await body(raw)
            try await test.withClient { client in
                let answer = try await client.unary(UnaryTests.path, ByteBuffer(string: "x"))
                #expect(answer == ByteBuffer(string: "x"))
            }
            return test.events.values
        }
    }

    private func abuse(_ events: [ServerEvent]) -> [String] {
        events.compactMap { event in
            if case .connectionAbused(_, let reason) = event { reason } else { nil }
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}",
    ])
    func otherProtocolsGetAnAnswerTheyCanRead(_ text: String) async throws {
        _ = try await attack { raw in
            raw.write(Array(text.utf8))
            let answer = String(decoding: raw.readToEnd(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(answer.contains("gRPC over HTTP/2"))
        }
    }

    @Test func garbageAfterThePrefaceNeverCrashes() async throws {
        var generator = SplitMix(seed: 0x5EED)
        try await TestServer.run([UnaryTests.echo]) { test in
            for _ in 0..<100 {
                let raw = try RawConnection(test.path)
                raw.handshake()
                // Half random bytes, half frames of random type, flags and content.
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    let payload = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                    if Bool.random(using: &generator) {
                        raw.write(
                            type: UInt8.random(in: 0...10, using: &generator),
                            flags: UInt8.random(in: 0...255, using: &generator),
                            streamID: Int32.random(in: 0...5, using: &generator), payload)
                    } else {
                        raw.write(payload)
                    }
                }
                raw.hangUp()
            }
            try await test.withClient { client in
                _ = try await client.unary(UnaryTests.path, ByteBuffer())
            }
        }
    }

    @Test func rapidResetIsCutOff() async throws {
        let events = try await attack { raw in
            raw.handshake()
            let block = RawConnection.request(UnaryTests.path)
            for index in 0..<5000 {
                let id = Int32(index * 2 + 1)
                raw.write(
                    RawConnection.frame(type: 1, flags: 4, streamID: id, block)
                        + RawConnection.frame(type: 3, streamID: id, [0, 0, 0, 8]))
            }
            #expect(raw.goAwayCode() == Self.enhanceYourCalm)
        }
        #expect(abuse(events) == ["too many stream resets"])
    }

    @Test func pingFloodIsCutOff() async throws {
        let events = try await attack { raw in
            raw.handshake()
            for _ in 0..<2000 {
                raw.write(type: 6, [1, 2, 3, 4, 5, 6, 7, 8])
            }
            #expect(raw.goAwayCode() == Self.enhanceYourCalm)
        }
        #expect(abuse(events) == ["too many pings"])
    }

    @Test func aFewPingsAreAnswered() async throws {
        let events = try await attack { raw in
            raw.handshake()
            for number in 0..<50 {
                let payload = [UInt8](repeating: UInt8(number), count: 8)
                raw.write(type: 6, payload)
                #expect(raw.first(of: [6])?.payload == payload)
            }
        }
        #expect(events.isEmpty)
    }

    /// Clients of grpc-go measure the way with a PING for every few frames of a body.
    @Test func aPingForEachBodyIsNoFlood() async throws {
        var limits = ServerLimits()
        limits.pingsPerSecond = 5
        let events = try await attack(limits) { raw in
            raw.handshake()
            for number in 0..<100 {
                let stream = Int32(2 * number + 1)
                raw.write(
                    type: 1, flags: 4, streamID: stream, RawConnection.request(UnaryTests.path))
                raw.write(type: 0, flags: 1, streamID: stream, [0, 0, 0, 0, 1, 7])
                #expect(raw.first(of: [0])?.streamID == stream)
                raw.write(type: 6, [UInt8](repeating: UInt8(number), count: 8))
                try #require(raw.first(of: [6]) != nil, "cut off at ping \(number)")
            }
        }
        #expect(abuse(events) == [])
        let flood = try await attack(limits) { raw in
            raw.handshake()
            raw.write(type: 1, flags: 4, streamID: 1, RawConnection.request(UnaryTests.path))
            raw.write(type: 0, flags: 1, streamID: 1, [0, 0, 0, 0, 1, 7])
            _ = raw.first(of: [0])
            for _ in 0..<100 { raw.write(type: 6, [1, 2, 3, 4, 5, 6, 7, 8]) }
            #expect(raw.goAwayCode() == Self.enhanceYourCalm)
        }
        #expect(abuse(flood) == ["too many pings"])
    }

    @Test func settingsFloodIsCutOff() async throws {
        let events = try await attack { raw in
            raw.handshake()
            for _ in 0..<500 { raw.write(type: 4) }
            #expect(raw.goAwayCode() == Self.enhanceYourCalm)
        }
        #expect(abuse(events) == ["too many settings"])
    }

    @Test(arguments: [UInt8(0), 2])
    func floodsOfFramesWithoutContentAreCutOff(_ type: UInt8) async throws {
        let events = try await attack { raw in
            raw.handshake()
            raw.write(type: 1, flags: 4, streamID: 1, RawConnection.request(UnaryTests.path))
            let payload: [UInt8] = type == 2 ? [0, 0, 0, 0, 1] : []
            for _ in 0..<5000 { raw.write(type: type, streamID: 1, payload) }
            #expect(raw.goAwayCode() == Self.enhanceYourCalm)
        }
        #expect(abuse(events) == ["too many frames without content"])
    }

    @Test func continuationFloodIsCutOff() async throws {
        let events = try await attack { raw in
            raw.handshake()
            let block = RawConnection.request(UnaryTests.path)
            raw.write(type: 1, streamID: 1, block)
            let more = RawConnection.block([("x", "y")])
            for _ in 0..<1000 { raw.write(type: 9, streamID: 1, more) }
            _ = raw.goAwayCode()
        }
        #expect(abuse(events).count == 1)
    }

    @Test func silentConnectionIsClosed() async throws {
        var limits = ServerLimits()
        // Long enough for the client that does shake hands, on a machine that is busy.
        limits.handshakeTimeout = .seconds(5)
        let events = try await attack(limits) { raw in
            // A slow loris: the preface never gets complete.
            raw.write(Array(RawConnection.preface.prefix(10)))
            _ = raw.readToEnd()
        }
        #expect(
            events.contains { event in
                if case .connectionTimedOut(_, "no HTTP/2 preface") = event { true } else { false }
            })
    }

    @Test func unfinishedHeaderBlockIsClosed() async throws {
        var limits = ServerLimits()
        limits.headerTimeout = .milliseconds(50)
        let events = try await attack(limits) { raw in
            raw.handshake()
            raw.write(type: 1, streamID: 1, RawConnection.request(UnaryTests.path))
            _ = raw.readToEnd()
        }
        #expect(
            events.contains { event in
                if case .connectionTimedOut(_, "unfinished header block") = event {
                    true
                } else {
                    false
                }
            })
    }

    @Test func peerThatAnswersNoPingIsClosed() async throws {
        var limits = ServerLimits()
        limits.keepaliveInterval = .milliseconds(30)
        // Long enough for the client that does answer, on a machine that is busy with other tests.
        limits.keepaliveTimeout = .seconds(5)
        let events = try await attack(limits) { raw in
            raw.handshake()
            #expect(raw.first(of: [6])?.flags == 0)
            _ = raw.readToEnd()
        }
        #expect(
            events.contains { event in
                if case .connectionTimedOut(_, "no answer to a keepalive ping") = event {
                    true
                } else {
                    false
                }
            })
    }

    @Test func streamsBeyondTheLimitAreRefused() async throws {
        var limits = ServerLimits()
        limits.streamsPerConnectionMax = 3
        _ = try await attack(limits) { raw in
            raw.handshake()
            let settings = raw.first(of: [4])?.payload ?? []
            #expect(Array(settings.suffix(6)) == [0, 3, 0, 0, 0, 3])
            for id in [1, 3, 5, 7] as [Int32] {
                raw.write(type: 1, flags: 4, streamID: id, RawConnection.request(UnaryTests.path))
            }
            // Refused and may be tried again: the client may not have known the limit.
            let refused = raw.first(of: [3])
            #expect(refused?.streamID == 7)
            #expect(refused?.payload == [0, 0, 0, 7])
            // Having acknowledged it, it does know, and is disconnected.
            raw.write(type: 4, flags: 1)
            raw.write(type: 1, flags: 4, streamID: 9, RawConnection.request(UnaryTests.path))
            #expect(raw.goAwayCode() == ErrorCode.protocolError)
        }
    }

    /// Requests whose answers are never read: the server stops reading instead of buffering.
    @Test func clientThatNeverReadsIsNotReadFrom() async throws {
        let answer = ByteBuffer(repeating: 1, count: 60_000)
        let answered = Recorder<Void>()
        let route = Route.unary("/test.Big/Get") { _, _ in
            answered.append(())
            return .message(answer)
        }
        try await TestServer.run([route]) { test in
            let raw = try RawConnection(test.path)
            // Windows as large as they get, so that only the socket holds the server back.
            raw.write(
                RawConnection.preface
                    + RawConnection.frame(type: 4, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF]))
            raw.write(type: 8, [0x7F, 0, 0, 0])
            _ = fcntl(raw.descriptor, F_SETFL, O_NONBLOCK)
            let request = RawConnection.request("/test.Big/Get")
            var sent = 0
            // Until the server takes nothing more for a while: 100 refusals with the loop running.
            var refusals = 0
            while sent < 20_000, refusals < 100 {
                let id = Int32(sent * 2 + 1)
                let bytes =
                    RawConnection.frame(type: 1, flags: 4, streamID: id, request)
                    + RawConnection.frame(
                        type: 0, flags: 1, streamID: id, ScriptedClient.frame([]))
                if raw.write(bytes) {
                    sent += 1
                    refusals = 0
                } else {
                    refusals += 1
                    try await test.withClient { client in
                        _ = await failure { try await client.unary("/x.Y/Z", ByteBuffer()) }
                    }
                }
            }
            #expect(refusals == 100)
            // 1 MiB, one turn, and what the kernel holds.
            #expect(answered.values.count * 60_000 < 16 << 20)
        }
    }
}

/// Seeded randomness: the same seed, the same test.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        print("seed \(seed)")
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
