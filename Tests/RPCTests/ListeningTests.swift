import Glibc
import NIOCore
import Synchronization
import Testing

@testable import RPC

@Suite struct ListeningTests {
    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test(arguments: [0o600, 0o660, 0o666, 0o640] as [UInt32])
    func socketHasExactlyTheModeAskedFor(_ wanted: UInt32) async throws {
        try await SocketDirectory.with { directory in
            let listener = try ListeningSocket.bind(path: directory.path + "/s", mode: wanted)
            #expect(mode(directory.path + "/s") == wanted)
            #expect(mode(directory.path + "/s.new") == nil)
            listener.removePath()
            listener.close()
            #expect(mode(directory.path + "/s") == nil)
        }
    }

    @Test func socketThatSomebodyAnswersOnIsLeftAlone() async throws {
        try await SocketDirectory.with { directory in
            let path = directory.path + "/s"
            let first = try ListeningSocket.bind(path: path)
            #expect(throws: ListenError.inUse(path: path)) { try ListeningSocket.bind(path: path) }
            first.close()
            // Its server is gone without removing it: stale, and replaced.
            let second = try ListeningSocket.bind(path: path)
            // The first one's file is not there any more; what is there is not its to remove.
            first.removePath()
            #expect(mode(path) == 0o600)
            second.removePath()
            second.close()
        }
    }

    @Test func fileThatIsNoSocketIsLeftAlone() async throws {
        try await SocketDirectory.with { directory in
            let path = directory.path + "/file"
            close(open(path, O_CREAT | O_WRONLY, 0o600))
            #expect(throws: ListenError.notASocket(path: path)) {
                try ListeningSocket.bind(path: path)
            }
            unlink(path)
            symlink("/etc/passwd", path)
            #expect(throws: ListenError.notASocket(path: path)) {
                try ListeningSocket.bind(path: path)
            }
        }
    }

    @Test func tooLongAPathIsRefused() {
        let path = "/tmp/" + String(repeating: "x", count: 110)
        #expect(throws: ListenError.pathTooLong(path: path, bytes: 115)) {
            try ListeningSocket.bind(path: path)
        }
    }

    @Test func directoryThatOthersMayWriteToIsRefused() async throws {
        try await SocketDirectory.with { directory in
            for mode in [0o777, 0o770] as [UInt32] {
                chmod(directory.path, mode)
                #expect(throws: ListenError.unsafeDirectory(path: directory.path)) {
                    try ListeningSocket.bind(path: directory.path + "/s")
                }
            }
            // As /tmp is.
            chmod(directory.path, 0o1777)
            let listener = try ListeningSocket.bind(path: directory.path + "/s")
            listener.removePath()
            listener.close()
            chmod(directory.path, 0o700)
        }
    }

    @Test func inheritedSocketServes() async throws {
        try await SocketDirectory.with { directory in
            let path = directory.path + "/s"
            let made = try ListeningSocket.bind(path: path)
            let listener = try ListeningSocket.adopt(made.descriptor)
            #expect(fcntl(made.descriptor, F_GETFD) == FD_CLOEXEC)
            let server = Server(routes: { [UnaryTests.echo] }, group: TestServer.group)
            try await server.start(listener)
            let client = try await Client.connect(socketPath: path, group: TestServer.group)
            let answer = try await client.unary(UnaryTests.path, ByteBuffer(string: "x"))
            #expect(answer == ByteBuffer(string: "x"))
            await client.close()
            await server.drain(timeout: .seconds(5))
            // The path is the parent's.
            #expect(mode(path) == 0o600)
        }
    }

    @Test func inheritedDescriptorsAreChecked() throws {
        var pair: [Int32] = [0, 0]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
        let network = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listen(network, 1)
        defer { for descriptor in pair + [network] { close(descriptor) } }
        for descriptor in [pair[0], network] {
            #expect(throws: ListenError.unusableInheritedSocket(descriptor: descriptor)) {
                try ListeningSocket.adopt(descriptor)
            }
        }
    }

    @Test func variablesForAnotherProcessAreIgnoredAndRemoved() throws {
        setenv("LISTEN_PID", "1", 1)
        setenv("LISTEN_FDS", "1", 1)
        #expect(try ListeningSocket.inherited().isEmpty)
        #expect(getenv("LISTEN_PID") == nil)
        #expect(getenv("LISTEN_FDS") == nil)
    }

    @Test func tenThousandConnectionsBeyondTheLimitLeaveTheServerUsable() async throws {
        var limits = ServerLimits()
        limits.connectionsMax = 20
        try await TestServer.run([UnaryTests.echo], limits: limits) { test in
            try await test.withClient { client in
                var open: [RawConnection] = []
                for _ in 0..<10_000 {
                    open.append(try RawConnection(test.path))
                    if open.count > 100 { open.removeFirst(50) }
                }
                let answer = try await client.unary(UnaryTests.path, ByteBuffer(string: "x"))
                #expect(answer == ByteBuffer(string: "x"))
                #expect(test.server.connectionCount <= 20)
            }
            let refused = test.events.values.filter { event in
                if case .connectionRefused(_, "too many connections") = event {
                    true
                } else {
                    false
                }
            }
            #expect(!refused.isEmpty)
        }
    }

    @Test func placesAreKeptForThoseWhomTheGatekeeperNames() async throws {
        var limits = ServerLimits()
        limits.connectionsMax = 3
        limits.connectionsKept = 1
        limits.connectionsPerUserMax = 2
        let isKept = Mutex(false)
        let gate = TestGate()
        gate.keeps = { _ in isKept.withLock { $0 } }
        try await TestServer.run([UnaryTests.echo], limits: limits, gate: gate) { test in
            let others = try (0..<2).map { _ in try RawConnection(test.path) }
            for other in others {
                other.handshake()
                #expect(other.readFrame() != nil)
            }
            #expect(try RawConnection(test.path).readFrame() == nil)
            isKept.withLock { $0 = true }
            let kept = try RawConnection(test.path)
            kept.handshake()
            #expect(kept.readFrame() != nil)
            // There is no more than that for anybody.
            #expect(try RawConnection(test.path).readFrame() == nil)
            for connection in others + [kept] { connection.hangUp() }
        }
    }

    @Test func usersHaveTheirOwnLimit() async throws {
        var limits = ServerLimits()
        limits.connectionsPerUserMax = 2
        try await TestServer.run([UnaryTests.echo], limits: limits) { test in
            let first = try RawConnection(test.path)
            let second = try RawConnection(test.path)
            first.handshake()
            second.handshake()
            #expect(first.readFrame() != nil)
            #expect(second.readFrame() != nil)
            // Closed without a byte; and when one goes, there is room again.
            #expect(try RawConnection(test.path).readFrame() == nil)
            first.hangUp()
            while test.server.connectionCount > 1 { await Task.yield() }
            let third = try RawConnection(test.path)
            third.handshake()
            #expect(third.readFrame() != nil)
            second.hangUp()
        }
    }
}
