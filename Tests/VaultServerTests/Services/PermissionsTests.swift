import Testing
import VaultAPI

@testable import VaultServer

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
}
