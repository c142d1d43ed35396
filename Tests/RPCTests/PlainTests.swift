import NIOCore
import Synchronization
import Testing

@testable import RPC

/// HTTP/1.1 beside gRPC: one request a connection, and nothing that is not bounded.
@Suite struct PlainTests {
    private func asking(
        _ echo: EchoResponder = EchoResponder(), limits: ServerLimits = ServerLimits(),
        _ body: (RawConnection) async throws -> Void
    ) async throws {
        try await TestServer.run([UnaryTests.echo], limits: limits, plain: echo) { test in
            try await body(try RawConnection(test.path))
            try await test.withClient { client in
                let answer = try await client.unary(UnaryTests.path, ByteBuffer(string: "x"))
                #expect(answer == ByteBuffer(string: "x"))
            }
        }
    }

    private func answer(_ raw: RawConnection) -> String {
        String(decoding: raw.readToEnd(), as: UTF8.self)
    }

    @Test func aRequestIsAnsweredAndTheConnectionClosed() async throws {
        try await asking { raw in
            raw.write(Array("GET /metrics?a=b HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            let answer = answer(raw)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("\r\nContent-Length: 13\r\n\r\nGET /metrics\n"))
        }
    }

    /// "P" begins the preface of HTTP/2, too.
    @Test func bytesMayComeOneByOne() async throws {
        let echo = EchoResponder()
        try await asking(echo) { raw in
            for byte in "PUT / HTTP/1.0\r\n\r\n".utf8 { raw.write([byte]) }
            #expect(answer(raw).hasSuffix("PUT /\n"))
        }
        #expect(echo.asked.withLock { $0 } == [PlainRequest(method: "PUT", path: "/")])
    }

    @Test func headHasTheLengthAndNoBody() async throws {
        try await asking { raw in
            raw.write(Array("HEAD /x HTTP/1.1\r\n\r\n".utf8))
            #expect(answer(raw).hasSuffix("\r\nContent-Length: 8\r\n\r\n"))
        }
    }

    @Test func whatFollowsTheRequestIsNotReadAsAnother() async throws {
        let echo = EchoResponder()
        try await asking(echo) { raw in
            raw.write(Array("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n".utf8))
            #expect(answer(raw).hasSuffix("GET /1\n"))
        }
        #expect(echo.asked.withLock { $0.count } == 1)
    }

    @Test(arguments: [
        "GET", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET x HTTP/1.1\r\n\r\n",
        "get / HTTP/1.1\r\n\r\n", "GET /\u{1} HTTP/1.1\r\n\r\n", "PRI * HTTP/1.1\r\n\r\n",
        "\u{16}\u{3}\u{1}", " / HTTP/1.1\r\n\r\n", "\r\n\r\n",
        "ABCDEFGHIJKLMNOPQ",
    ])
    func whatIsNoRequestIsNotTakenForOne(_ text: String) async throws {
        let echo = EchoResponder()
        try await asking(echo) { raw in
            raw.write(Array(text.utf8))
            if text == "GET" {
                raw.hangUp()
            } else {
                #expect(answer(raw).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            }
        }
        #expect(echo.asked.withLock { $0.isEmpty })
    }

    @Test func aLongHeadIsCutOff() async throws {
        let echo = EchoResponder()
        try await asking(echo) { raw in
            raw.write(Array("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 9_000))".utf8))
            #expect(answer(raw).hasPrefix("HTTP/1.1 431 "))
        }
        #expect(echo.asked.withLock { $0.isEmpty })
    }

    @Test func aHeadOfTheWholeLengthIsTaken() async throws {
        try await asking { raw in
            let start = "GET / HTTP/1.1\r\nX: "
            let rest = String(repeating: "x", count: 8 * 1024 - start.utf8.count - 4)
            raw.write(Array((start + rest + "\r\n\r\n").utf8))
            #expect(answer(raw).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func aRequestThatDoesNotEndIsNotWaitedForForEver() async throws {
        var limits = ServerLimits()
        limits.handshakeTimeout = .milliseconds(50)
        try await asking(limits: limits) { raw in
            raw.write(Array("GET / HTTP/1.1\r\nX: ".utf8))
            #expect(answer(raw).isEmpty)
        }
    }

    /// Its answer does not fit into the socket's buffers.
    @Test func whoDoesNotReadIsCutOff() async throws {
        var limits = ServerLimits()
        limits.plainAnswerTimeout = .milliseconds(50)
        let body = String(repeating: "y", count: 8 << 20)
        try await TestServer.run(
            [UnaryTests.echo], limits: limits, plain: EchoResponder(body: body)
        ) { test in
            let raw = try RawConnection(test.path)
            raw.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            #expect(raw.waitForHangUp())
            #expect(raw.readToEnd().count < body.utf8.count)
        }
    }

    @Test func aLongAnswerArrivesWhole() async throws {
        let body = String(repeating: "y", count: 8 << 20)
        try await asking(EchoResponder(body: body)) { raw in
            raw.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            #expect(answer(raw).hasSuffix("\r\n\r\n" + body))
        }
    }
}
