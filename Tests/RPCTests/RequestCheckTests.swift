import NIOCore
import Testing

@testable import RPC

/// Requests that are not quite gRPC, sent field by field.
@Suite struct RequestCheckTests {
    static let path = "/test.Echo/Say"

    private func call(
        _ changes: [String: String?] = [:], body: [UInt8] = ScriptedClient.frame([1, 2]),
        path: String = path
    ) async throws -> ScriptedClient.Response {
        try await TestServer.run([UnaryTests.echo]) { test in
            let client = try ScriptedClient(test.path)
            return try client.call(
                ScriptedClient.fields(path: path, changing: changes), body: body)
        }
    }

    @Test(arguments: [
        "/tmp/x/e.sock:1", "e.sock:1", "tmp%2Fx%2Fe.sock:1", "#initially=[unix:///a]", "", nil,
    ])
    func anyAuthorityIsFine(_ authority: String?) async throws {
        let response = try await call([":authority": authority])
        #expect(response.fields[":status"] == "200")
        #expect(response.fields["grpc-status"] == "0")
        #expect(response.body == ScriptedClient.frame([1, 2]))
    }

    @Test(arguments: ["application/grpc+proto", "application/grpc;charset=utf-8"])
    func contentTypeMayHaveASuffix(_ type: String) async throws {
        #expect(try await call(["content-type": type]).fields["grpc-status"] == "0")
    }

    @Test(arguments: ["application/json", "application/grpcx", nil])
    func otherContentTypesGet415(_ type: String?) async throws {
        let response = try await call(["content-type": type])
        #expect(response.fields[":status"] == "415")
        #expect(response.fields["grpc-status"] == "13")
    }

    @Test func otherMethodsGet405() async throws {
        let response = try await call([":method": "GET"])
        #expect(response.fields[":status"] == "405")
    }

    @Test func trailersNeedNotBeAnnounced() async throws {
        #expect(try await call(["te": nil]).fields["grpc-status"] == "0")
    }

    @Test(
        arguments: [
            ["connection": "close"], ["transfer-encoding": "chunked"], ["upgrade": "h2c"],
            [":unknown": "x"], ["te": "gzip"], ["x": "a\r\nb"], ["x": "a\0b"],
            [":path": nil], [":scheme": nil], [":method": nil],
        ] as [[String: String?]])
    func malformedRequestsAreReset(_ changes: [String: String?]) async throws {
        let response = try await call(changes)
        #expect(response.resetCode == ErrorCode.protocolError)
        #expect(response.fields.isEmpty)
    }

    @Test func namesAreLowerCase() async throws {
        try await TestServer.run([UnaryTests.echo]) { test in
            let raw = try RawConnection(test.path)
            raw.handshake()
            let block = RawConnection.request(Self.path) + RawConnection.block([("Upper", "x")])
            raw.write(type: 1, flags: 4, streamID: 1, block)
            #expect(raw.first(of: [1, 3])?.payload == [0, 0, 0, 1])
        }
    }

    @Test func pseudoHeadersComeOnceAndFirst() async throws {
        try await TestServer.run([UnaryTests.echo]) { test in
            let usual = ScriptedClient.fields(path: Self.path)
            for fields in [usual + [(":path", "/a.B/C")], usual + [usual[0]]] {
                let client = try ScriptedClient(test.path)
                let response = try client.call(fields, body: ScriptedClient.frame([]))
                #expect(response.resetCode == ErrorCode.protocolError)
            }
        }
    }

    @Test func tooManyFieldsResetTheStreamOnly() async throws {
        try await TestServer.run([UnaryTests.echo]) { test in
            let client = try ScriptedClient(test.path)
            let many = (0..<200).map { ("x-\($0)", "y") }
            let usual = ScriptedClient.fields(path: Self.path)
            let refused = try client.call(usual + many, body: ScriptedClient.frame([]))
            #expect(refused.resetCode == ErrorCode.enhanceYourCalm)
            let large = [("x", String(repeating: "y", count: 60_000))]
            let alsoRefused = try client.call(
                usual + large + large, body: ScriptedClient.frame([]))
            #expect(alsoRefused.isEnded)
            #expect(alsoRefused.fields["grpc-status"] == nil)
        }
    }

    @Test func compressedMessagesAreRefused() async throws {
        let body = ScriptedClient.frame([1, 2], flag: 1)
        let bare = try await call(body: body)
        #expect(bare.fields["grpc-status"] == "13")
        #expect(
            bare.fields["grpc-message"]
                == "grpc: compressed flag set with identity or empty encoding")
        let gzip = try await call(["grpc-encoding": "gzip"], body: body)
        #expect(gzip.fields["grpc-status"] == "12")
        #expect(
            gzip.fields["grpc-message"]
                == "grpc: Decompressor is not installed for grpc-encoding \"gzip\"")
        #expect(gzip.fields["grpc-accept-encoding"] == "identity")
        // The header alone, on a message that is not compressed, is fine.
        #expect(try await call(["grpc-encoding": "gzip"]).fields["grpc-status"] == "0")
        #expect(
            try await call(body: ScriptedClient.frame([1], flag: 7)).fields["grpc-status"] == "13")
    }

    @Test(
        arguments: [
            [], [0, 0], [0, 0, 0, 0, 5, 1], ScriptedClient.frame([1]) + [0],
            ScriptedClient.frame([1]) + ScriptedClient.frame([2]),
        ] as [[UInt8]])
    func unaryRequestsAreExactlyOneMessage(_ body: [UInt8]) async throws {
        let response = try await call(body: body)
        #expect(response.fields["grpc-status"] == "13")
        #expect(response.body.isEmpty)
    }

    @Test(arguments: ["", "5", "S", "123456789S", "-1S", "1x", "1.5S"])
    func badTimeoutsAreRefused(_ timeout: String) async throws {
        let response = try await call(["grpc-timeout": timeout])
        #expect(response.fields["grpc-status"] == "13")
        #expect(response.fields["grpc-message"] == "malformed grpc-timeout")
    }

    @Test func binaryMetadataIsReadWithAndWithoutPadding() async throws {
        let seen = Recorder<[UInt8]?>()
        let route = Route.unary(Self.path) { call, _ in
            seen.append(call.metadata.binary("x-bin"))
            return .message(ByteBuffer())
        }
        try await TestServer.run([route]) { test in
            let client = try ScriptedClient(test.path)
            for text in ["AP8=", "AP8", "AP8==", "A", "!"] {
                _ = try client.call(
                    ScriptedClient.fields(path: Self.path, changing: ["x-bin": text]),
                    body: ScriptedClient.frame([]))
            }
        }
        #expect(seen.values == [[0, 255], [0, 255], nil, nil, nil])
    }
}
