import Glibc
import Testing

@testable import VaultClient

/// Paths that cannot be connected to, each with its own words.
@Suite struct SocketPathTests {
    private func refusal(_ path: String) async -> VaultClientError? {
        do {
            _ = try await VaultConnection.connect(socketPath: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func pathOf108BytesIsRefusedWithItsLength() async {
        let path = "/" + String(repeating: "x", count: 107)
        let error = await refusal(path)
        #expect(error?.category == .unreachable)
        #expect(error?.message == "socket path \(path) is 108 bytes long, more than 107")
    }

    @Test func missingSocketIsNamed() async {
        let error = await refusal("/tmp/no-such-directory/vaultd.sock")
        #expect(error?.category == .unreachable)
        #expect(error?.message == "no socket at /tmp/no-such-directory/vaultd.sock")
    }

    @Test func fileThatIsNoSocketIsNamed() async {
        let error = await refusal("/etc/passwd")
        #expect(error?.category == .unreachable)
        #expect(error?.message == "/etc/passwd is not a socket")
    }

    @Test func emptyPathIsRefused() async {
        #expect(await refusal("")?.message == "the socket path is empty")
    }

    @Test func socketThatNobodyListensOnIsNamed() async throws {
        var template = Array("/tmp/vc.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let path = directory + "/s"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer {
            close(descriptor)
            unlink(path)
            rmdir(directory)
        }
        try #require(bindSocket(descriptor, to: path) == 0)
        let error = await refusal(path)
        #expect(error?.category == .unreachable)
        #expect(error?.message == "nobody listens at \(path)")
    }

    private func bindSocket(_ descriptor: Int32, to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
