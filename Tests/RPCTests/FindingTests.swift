import NIOCore
import Testing

@testable import RPC

/// What the gatekeeper finds out of a caller is as old as the read from the socket, at most.
@Suite struct FindingTests {
    private final class Finding: Sendable {}

    private func answers(
        _ finding: Finding, _ body: (RawConnection, Recorder<String>) async throws -> Void
    ) async throws -> [Bool] {
        let admitted = Recorder<String>()
        let found = Recorder<Bool>()
        let gate = TestGate { path, _ in
            admitted.append(path)
            return nil
        }
        gate.finding = finding
        let route = Route.unary(UnaryTests.path) { call, message in
            found.append(call.finding === finding)
            return .message(message)
        }
        try await TestServer.run([route], gate: gate) { test in
            let raw = try RawConnection(test.path)
            raw.handshake()
            try await body(raw, admitted)
        }
        return found.values
    }

    private let head = RawConnection.request(UnaryTests.path)
    private let message: [UInt8] = [0, 0, 0, 0, 1, 7]

    @Test func itComesWithAMessageOfTheSameRead() async throws {
        let found = try await answers(Finding()) { raw, _ in
            for stream: Int32 in [1, 3, 5] {
                raw.write(
                    RawConnection.frame(type: 1, flags: 4, streamID: stream, head)
                        + RawConnection.frame(type: 0, flags: 1, streamID: stream, message))
                #expect(raw.first(of: [0])?.streamID == stream)
            }
        }
        #expect(found == [true, true, true])
    }

    @Test func itDoesNotComeWithAMessageOfALaterRead() async throws {
        let found = try await answers(Finding()) { raw, admitted in
            for (number, stream) in [Int32(1), 3, 5].enumerated() {
                raw.write(type: 1, flags: 4, streamID: stream, head)
                _ = await admitted.wait(for: number + 1)
                // Other calls of the later read are another matter.
                raw.write(type: 0, flags: 1, streamID: stream, message)
                #expect(raw.first(of: [0])?.streamID == stream)
            }
        }
        #expect(found == [false, false, false])
    }
}
