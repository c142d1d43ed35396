import Testing
import VaultAccess
import VaultTestSupport

@Suite struct AccountNamesTests {
    private let names = AccountNames()

    @Test func rootIsZeroBothWays() throws {
        #expect(try names.userID(named: "root") == 0)
        #expect(try names.userName(of: 0) == "root")
        #expect(try names.groupID(named: "root") == 0)
        #expect(try names.groupName(of: 0) == "root")
    }

    @Test func everyUserAndGroupOfTheFilesIsFound() throws {
        for line in try Files.text("/etc/passwd").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 2, let id = UInt32(fields[2]) else { continue }
            #expect(try names.userID(named: String(fields[0])) == id)
        }
        for line in try Files.text("/etc/group").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 2, let id = UInt32(fields[2]) else { continue }
            #expect(try names.groupID(named: String(fields[0])) == id)
        }
    }

    @Test(arguments: ["", "no-such-name-here", "root:x", "root\n", "root\u{0}", "0", "/", "*"])
    func aNameThatNobodyHasIsNoError(_ name: String) throws {
        #expect(try names.userID(named: name) == nil)
        #expect(try names.groupID(named: name) == nil)
    }

    @Test func aNumberThatNobodyHasIsNoError() throws {
        #expect(try names.userName(of: 3_999_999_999) == nil)
        #expect(try names.groupName(of: 3_999_999_999) == nil)
    }

    @Test func principalsAreEverythingThatRulesCanSayOfAPeerOnce() throws {
        let peer = PeerIdentity(
            processID: 1, userID: 0, groupID: 0, groups: [0, 3_999_999_999, 3_999_999_999])
        let expected: [Principal] = [
            .userID(0), .user("root"), .groupID(0), .group("root"), .groupID(3_999_999_999),
            .unit("web.service"),
        ]
        #expect(try names.principals(of: peer, unit: "web.service") == expected)
    }

    @Test func whoHasNoNumberIsNobody() throws {
        let id = PeerIdentity.unmappedID
        let peer = PeerIdentity(processID: 1, userID: id, groupID: id, groups: [id, 7_654_321])
        #expect(try names.principals(of: peer, unit: nil) == [.groupID(7_654_321)])
    }
}
