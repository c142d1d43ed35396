import Glibc
import Testing
import VaultTestSupport

@testable import VaultAccess

/// Which service a real process is in, with real control groups.
@Suite(
    .enabled(if: ControlGroup.obstacle == nil, "\(ControlGroup.obstacle ?? "")"),
    .serialized)
struct PeerUnitTests {
    static let means: [PinnedProcess.Means] = [.socket, .number]

    private let listener: PeerListener
    private let name: String
    private let group: ControlGroup
    /// Times that are far enough apart that every question is asked anew.
    private let times = (0..<10).map { Duration.seconds($0) }

    init() throws {
        listener = try PeerListener()
        var random = SystemRandomNumberGenerator()
        name = "vaultd-test-\(UInt32.random(in: 0...UInt32.max, using: &random)).service"
        group = try ControlGroup(name)
    }

    @Test(arguments: means)
    func theUnitIsTheServiceOfTheProcess(_ means: PinnedProcess.Means) throws {
        let client = try PeerClient(listener, means: means)
        #expect(client.peer.unit(now: times[0]) != name)
        try group.add(client.program.processID)
        #expect(client.peer.unit(now: times[1]) == name)
    }

    @Test func aDelegatedGroupCannotTakeAnotherServicesName() throws {
        let client = try PeerClient(listener)
        let evil = try group.child("evil.service")
        try evil.add(client.program.processID)
        #expect(client.peer.unit(now: times[0]) == name)
        _ = try client.program.stop(SIGKILL)
    }

    @Test func aContainersGroupsAreNoServices() throws {
        let scope = try ControlGroup("\(name.dropLast(8)).scope")
        let inside = try scope.child("web.service")
        let client = try PeerClient(listener)
        try inside.add(client.program.processID)
        #expect(client.peer.unit(now: times[0]) == nil)
        _ = try client.program.stop(SIGKILL)
    }

    @Test func theSameServiceIsTheSameAnswer() throws {
        let client = try PeerClient(listener)
        try group.add(client.program.processID)
        let first = client.peer.unitAnswer(now: times[0])
        #expect(first.unit == name)
        #expect(client.peer.unitAnswer(now: times[1]) === first)
        let other = try ControlGroup("other-\(name)")
        try other.add(client.program.processID)
        let second = client.peer.unitAnswer(now: times[2])
        #expect(second !== first)
        #expect(second.unit == "other-\(name)")
        _ = try client.program.stop(SIGKILL)
    }

    @Test func anAnswerIsGoodForTenMilliseconds() throws {
        let client = try PeerClient(listener)
        let peer = client.peer
        try group.add(client.program.processID)
        #expect(peer.unit(now: times[5]) == name)
        let other = try ControlGroup("other-\(name)")
        try other.add(client.program.processID)
        #expect(peer.unit(now: times[5] + .nanoseconds(9_999_999)) == name)
        #expect(peer.unit(now: times[5] + .milliseconds(10)) == "other-\(name)")
        // A clock that went back makes no answer older than it is.
        try group.add(client.program.processID)
        #expect(peer.unit(now: times[2]) == name)
        _ = try client.program.stop(SIGKILL)
    }

    @Test func anotherProgramInTheSameProcessIsAskedForItsOwnUnit() throws {
        let client = try PeerClient(listener)
        try group.add(client.program.processID)
        try client.tell("exec")
        #expect(client.peer.unit(now: times[0]) == name)
        let other = try ControlGroup("other-\(name)")
        try other.add(client.program.processID)
        #expect(client.peer.unit(now: times[1]) == "other-\(name)")
        _ = try client.program.stop(SIGKILL)
    }

    @Test(arguments: means)
    func whoeverInheritsASocketInheritsNoUnit(_ means: PinnedProcess.Means) throws {
        let client = try PeerClient(listener, means: means)
        try group.add(client.program.processID)
        #expect(client.peer.unit(now: times[0]) == name)
        // Its child goes on with the connection, in the same group.
        try client.tell("fork")
        try client.waitForEnd()
        #expect(client.peer.unit(now: times[1]) == nil)
        #expect(Waiting.until(.seconds(20)) { client.program.ended != nil })
        #expect(client.peer.unit(now: times[2]) == nil)
        try client.tell("still there?")
    }

    @Test(arguments: means)
    func whoLeftBeforeItWasAcceptedHasNoUnit(_ means: PinnedProcess.Means) throws {
        let command = listener.command(wrapper: [], options: ["--leave"])
        _ = try Program.run(command[0], Array(command.dropFirst()))
        let accepted = try listener.accept()
        defer { close(accepted) }
        let peer = try #require(Peer(socket: accepted, means: means))
        #expect(peer.identity.userID == 0)
        #expect(peer.unit(now: times[0]) == nil)
    }

    @Test(arguments: means)
    func whoChangedItsUserHasNoUnit(_ means: PinnedProcess.Means) throws {
        let client = try PeerClient(listener, means: means)
        try group.add(client.program.processID)
        #expect(client.peer.unit(now: times[0]) == name)
        try client.tell("setuid 1234")
        #expect(client.peer.unit(now: times[1]) == nil)
    }

    @Test func whoHasNoNumberHereHasNoUnit() throws {
        let nobody = ["/usr/bin/setpriv", "--reuid", "65534", "--clear-groups"]
        let client = try PeerClient(listener, wrapper: nobody)
        try group.add(client.program.processID)
        #expect(client.peer.identity.userID == PeerIdentity.unmappedID)
        #expect(client.peer.unit(now: times[0]) == nil)
    }

    @Test func aClientInAPIDNamespaceHasItsUnit() throws {
        let client = try PeerClient(
            listener, wrapper: ["/usr/bin/unshare", "--pid", "--fork", "--kill-child"])
        try group.add(client.peer.identity.processID)
        #expect(client.peer.unit(now: times[0]) == name)
    }
}
