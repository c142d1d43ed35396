import NIOCore
import Synchronization
import Testing

@testable import RPC

/// Requests over HTTP/1.1 of shapes that servers and proxies have taken for different things: each
/// is answered once, or refused once, and then the connection is closed.
@Suite struct PlainShapeTests {
    /// Sends these bytes; what came back until the server closed, and what it was asked.
    private func exchange(_ text: String) async throws -> (answer: String, asked: [String]) {
        let echo = EchoResponder()
        let answer = try await TestServer.run([UnaryTests.echo], plain: echo) { test in
            let raw = try RawConnection(test.path)
            raw.write(Array(text.utf8))
            return String(decoding: raw.readToEnd(), as: UTF8.self)
        }
        return (answer, echo.asked.withLock { $0.map { "\($0.method) \($0.path)" } })
    }

    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

    /// Nobody looks at fields, so that they cannot be understood in two ways: what they announce is
    /// not read.
    @Test(arguments: [
        "Content-Length: 3\r\n\r\nabc", "Content-Length: 0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "Content-Length: 3\r\nContent-Length: 40\r\n\r\nabc", "Content-Length: +3\r\n\r\nabc",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: \r\n\r\n",
        "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", "Connection: keep-alive\r\n\r\n",
        "X: a\r\n b\r\n\r\n", " X: a\r\n\r\n", "X : a\r\n\r\n", ": a\r\n\r\n", "X\r\n\r\n",
        "X: a\nY: b\r\n\r\n", "X: a\rb\r\n\r\n", "X: a\u{0}b\r\n\r\n", "X\u{0}: a\r\n\r\n",
        "X: \u{ff}\r\n\r\n", "\r\n",
    ])
    func whateverItsFieldsARequestIsAnsweredOnce(_ fields: String) async throws {
        let (answer, asked) = try await exchange(
            "POST /1 HTTP/1.1\r\n\(fields)\(Self.smuggled)")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(answer)")
        #expect(answer.components(of: "HTTP/1.1 ") == 1, "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n"), "\(answer)")
        #expect(asked == ["POST /1"])
    }

    /// First lines that are none of HTTP/1.1 with a path.
    @Test(arguments: [
        "GET http://x/1 HTTP/1.1", "OPTIONS * HTTP/1.1", "GET * HTTP/1.1", "CONNECT x:1 HTTP/1.1",
        "GET 1 HTTP/1.1", "GET /\u{0} HTTP/1.1", "GET /\u{7f} HTTP/1.1", "GET /\u{ff} HTTP/1.1",
        "GET /1 HTTP/1.1 ", "GET /1\t HTTP/1.1", "GET /1", "GET /1 HTTP/1.2", "GET /1 HTTP/0.9",
        "GET /1 HTTP/11", "GET /1 http/1.1", "GET /1 HTTP/1.1\nX: a", "PLAY / RTSP/1.0",
        "SOURCE / ICE/1.0", "GET /1  HTTP/1.1", "GET\t/1 HTTP/1.1", "G\u{0}T /1 HTTP/1.1",
        "PRI * HTTP/2.0 ", "\r\nGET /1 HTTP/1.1", "GET /1 \r\n HTTP/1.1",
    ])
    func otherFirstLinesAreRefusedOnce(_ line: String) async throws {
        let (answer, asked) = try await exchange("\(line)\r\nHost: x\r\n\r\n\(Self.smuggled)")
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
        #expect(answer.components(of: "HTTP/1.1 ") == 1, "\(answer)")
        #expect(asked.isEmpty)
    }

    /// RFC 9112 asks servers to recognise CRLF; a lone LF ends nothing here.
    @Test func aLineFeedAloneEndsNoHead() async throws {
        let (answer, asked) = try await exchange("GET /1 HTTP/1.1\n\n\(Self.smuggled)")
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(asked.isEmpty)
    }

    @Test func theSameRequestTwiceInOneWriteIsAskedOnce() async throws {
        let (answer, asked) = try await exchange(Self.smuggled + Self.smuggled)
        #expect(answer.components(of: "HTTP/1.1 ") == 1)
        #expect(asked == ["GET /smuggled"])
    }

    /// Also where a parser would only pass over spaces.
    @Test(arguments: ["GET ", "GET /", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX:"])
    func aHeadOfOneByteTooManyIsCutOff(_ start: String) async throws {
        let rest = String(repeating: " ", count: 8 * 1024 + 1 - start.utf8.count)
        let (answer, asked) = try await exchange(start + rest)
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(answer.components(of: "HTTP/1.1 ") == 1)
        #expect(asked.isEmpty)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        ranges(of: part).count
    }
}
