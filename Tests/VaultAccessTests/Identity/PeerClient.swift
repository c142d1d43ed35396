import Glibc
import VaultTestSupport

@testable import VaultAccess

/// A process that connected, and what we know of it.
final class PeerClient {
    let peer: Peer
    let program: Program
    private let descriptor: Int32

    init(
        _ listener: PeerListener, wrapper: [String] = [], options: [String] = [],
        means: PinnedProcess.Means = .socket
    ) throws {
        let command = listener.command(wrapper: wrapper, options: options)
        program = try Program(command[0], Array(command.dropFirst()))
        descriptor = try listener.accept()
        guard let peer = Peer(socket: descriptor, means: means) else {
            close(descriptor)
            throw TestFailure("the kernel does not know who connected")
        }
        self.peer = peer
    }

    deinit { close(descriptor) }

    /// Has the client do something, and waits until it has.
    func tell(_ line: String) throws {
        let bytes = Array("\(line)\n".utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw TestFailure("the client is gone")
        }
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var answer = [UInt8](repeating: 0, count: 16)
        guard poll(&watched, 1, 30_000) == 1, recv(descriptor, &answer, answer.count, 0) == 3 else {
            throw TestFailure("the client did not do '\(line)': \(program.errorText)")
        }
    }

    /// Waits until the process that connected has ended, and leaves its remains where they are.
    func waitForEnd() throws {
        var end = siginfo_t()
        let options = WEXITED | WNOWAIT
        guard waitid(P_PID, id_t(program.processID), &end, options) == 0 else {
            throw TestFailure("cannot wait for the client")
        }
    }
}
