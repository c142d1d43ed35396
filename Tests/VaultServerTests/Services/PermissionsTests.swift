import RPC
import Testing
import VaultAPI

@testable import VaultServer

private final class NobodyInParticular: PeerIdentification {}

@Suite struct PermissionsTests {
    @Test func everyMethodIsInTheTable() {
        let missing = Set(Methods.all).subtracting(Permissions.table.keys)
        #expect(missing.isEmpty)
    }

    @Test func theTableHasNothingElse() {
        let unknown = Set(Permissions.table.keys).subtracting(Methods.all)
        #expect(unknown.isEmpty)
    }

    @Test func whatIsServedIsInTheAPI() {
        #expect(Services.implemented.isSubset(of: Set(Methods.all)))
    }

    private func refusal(_ userID: UInt32, path: String) -> Status? {
        Admission(daemonUserID: 1_000).admit(
            path: path,
            caller: Caller(
                peer: PeerCredentials(processID: 1, userID: userID, groupID: 0),
                identification: NobodyInParticular(), metadata: Metadata()))
    }

    @Test(arguments: Methods.all.map(\.path) + ["/no.such.Service/Method", "/", ""])
    func onlyRootAndTheDaemonsUserGetIn(_ path: String) {
        #expect(refusal(0, path: path) == nil)
        #expect(refusal(1_000, path: path) == nil)
        let denied = Status(.permissionDenied, "etcdserver: permission denied")
        #expect(refusal(1_001, path: path) == denied)
        // What the kernel calls users that a namespace does not map.
        #expect(refusal(65_534, path: path) == denied)
    }
}
