import Testing
import VaultAccess
import VaultSeal

@testable import VaultServer

@Suite struct AccessControlTests {
    private let administrator = Subject.peer(
        PeerIdentity(processID: 1, userID: 4711, groupID: 4711), unit: nil)

    @Test func aChangeThatEndsAfterTheSealLeavesNobodyKnown() throws {
        let access = try AccessControl(daemonUserID: 1, passwordCost: .minimum)
        let book = try AccessBook(administrators: [.userID(4711)])
        access.open(book)
        #expect(access.rights(of: administrator).isAdministrator)
        access.close()
        access.publish(book, after: .addRole("late"))
        #expect(!access.rights(of: administrator).isKnown)
        #expect(access.book == nil)
        access.open(book)
        #expect(access.rights(of: administrator).isAdministrator)
    }
}
