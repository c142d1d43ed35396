import Glibc
import Testing
import VaultTestSupport

@testable import VaultAccess

/// What the kernel says of real processes.
@Suite(
    .enabled(if: geteuid() == 0, "only root can become other users"),
    .serialized)
struct PeerTests {
    private let listener: PeerListener

    init() throws { listener = try PeerListener() }

    private static let alice = [
        "/usr/bin/setpriv", "--reuid", "1234", "--regid", "1235", "--groups", "27,100",
    ]

    @Test func userGroupAndGroupsAreThoseOfTheProcess() throws {
        let client = try PeerClient(listener, wrapper: Self.alice)
        let expected = PeerIdentity(
            processID: client.program.processID, userID: 1234, groupID: 1235, groups: [27, 100])
        #expect(client.peer.identity == expected)
    }

    @Test(arguments: [1, 63, 64, 65, 5_000, 65_536])
    func allGroupsAreThere(_ count: Int) throws {
        let client = try PeerClient(listener, options: ["--groups", "\(count)"])
        let groups = client.peer.identity.groups
        #expect(groups == (1...UInt32(count)).map { $0 })
        #expect(client.peer.identity.groupID == 5)
    }

    @Test func whoConnectedStaysWhoItWas() throws {
        let client = try PeerClient(listener)
        try client.tell("setuid 1234")
        #expect(client.peer.identity.userID == 0)
    }

    @Test func whatIsNoConnectedUnixSocketHasNoPeer() throws {
        let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let internet = socket(AF_INET, stream, 0)
        let unconnected = socket(AF_UNIX, stream, 0)
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        for descriptor in [internet, unconnected, file, -1] {
            #expect(Peer(socket: descriptor) == nil)
            if descriptor >= 0 { close(descriptor) }
        }
    }

    @Test func aClientInAUserNamespaceIsWhoItIsOutside() throws {
        let unmapped = try PeerClient(
            listener, wrapper: Self.alice + ["/usr/bin/unshare", "--user"])
        #expect(unmapped.peer.identity.userID == 1234)
        let root = try PeerClient(
            listener, wrapper: Self.alice + ["/usr/bin/unshare", "--user", "--map-root-user"])
        #expect(root.peer.identity.userID == 1234)
        #expect(root.peer.identity.groupID == 1235)
    }

    @Test func aClientInAPIDNamespaceHasItsNumberOutside() throws {
        let client = try PeerClient(
            listener, wrapper: ["/usr/bin/unshare", "--pid", "--fork", "--kill-child"])
        let id = client.peer.identity.processID
        #expect(id > 0 && id != client.program.processID)
        #expect(try Files.text("/proc/\(id)/cmdline").contains(listener.scriptPath))
    }

    @Test func descriptorsAreClosedAgain() throws {
        let before = Self.pinnedCount()
        for round in 0..<30_000 {
            let client = try UnixSocket(connectingTo: listener.socketPath)
            let accepted = try listener.accept()
            let peer = Peer(socket: accepted, means: round.isMultiple(of: 2) ? .socket : .number)
            #expect(peer?.identity.processID == getpid())
            close(accepted)
            _ = client
        }
        // Other tests hold some at the same time.
        #expect(Self.pinnedCount() < before + 100)
    }

    @Test func programsStartedMeanwhileInheritNoDescriptor() throws {
        let clients = try [PinnedProcess.Means.socket, .number].map {
            try PeerClient(listener, means: $0)
        }
        #expect(Self.pinnedCount() >= clients.count)
        let result = try Program.run("/bin/ls", ["-l", "/proc/self/fd"])
        #expect(!String(decoding: result.output, as: UTF8.self).contains("pidfd"))
        _ = clients
    }

    private static func pinnedCount() -> Int {
        let numbers = (try? Files.names(in: "/proc/self/fd")) ?? []
        return numbers.count { number in
            var target = [CChar](repeating: 0, count: 64)
            let count = readlink("/proc/self/fd/\(number)", &target, target.count)
            let text = target.prefix(max(count, 0)).map(UInt8.init(bitPattern:))
            return String(decoding: text, as: UTF8.self).contains("pidfd")
        }
    }
}
