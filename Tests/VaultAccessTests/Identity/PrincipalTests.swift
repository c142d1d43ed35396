import Testing
import VaultAccess

@Suite struct PrincipalTests {
    @Test(arguments: [
        "uid:0", "uid:1000", "gid:27", "user:alice", "group:vault-admins", "unit:web.service",
        "unit:web@a-1.service", "unit:a\\x2db.service",
    ])
    func whatPrincipalsAreCalledIsReadAndSaidAlike(_ text: String) throws {
        #expect(try #require(Principal(text)).description == text)
    }

    @Test(arguments: [
        "", "alice", "uid:", "uid:-1", "uid:01", "uid:+1", "uid: 1", "uid:4294967295", "uid:1e3",
        "UID:1", "user:", "user:a b", "user:a:b", "user:../x", "user:-a", "group:*", "unit:web",
        "unit:.service", "unit:../web.service", "unit:a/b.service", "unit:*.service",
        "unit:web.socket", "uid:1\n", "unit:w\u{0}.service",
        "uid:\u{301}1", "user:\u{301}alice", "unit:\u{301}web.service", "unit:web.service\u{301}",
    ])
    func whatIsNoPrincipalIsNotRead(_ text: String) {
        #expect(Principal(text) == nil)
    }

    @Test(arguments: ["uid:\u{301}1", "user:\u{301}alice", "unit:\u{200d}a", "gid:x"])
    func whatBeginsLikeAPrincipalIsReserved(_ text: String) {
        #expect(Principal.isReserved(text))
    }

    @Test func theUnmappedUserIsNoOwnerWhoeverTheDaemonIs() {
        let peer = PeerIdentity(processID: 1, userID: PeerIdentity.unmappedID, groupID: 0)
        #expect(!peer.isOwner(daemonUserID: PeerIdentity.unmappedID))
    }
}
