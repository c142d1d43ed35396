import Testing
import VaultTestSupport

@testable import VaultAccess

@Suite struct QuotaBookTests {
    @Test func theSameCallerTwiceIsRefusedHoweverItIsWritten() throws {
        #expect(throws: QuotaError.duplicate(.principal(.userID(0)))) {
            try quotaBook(["user:root rate=1", "uid:0 rate=1"])
        }
        #expect(throws: QuotaError.duplicate(.account("a"))) {
            try quotaBook(["account:a rate=1", "account:a rate=2"])
        }
        #expect(throws: QuotaError.duplicate(.everyoneElse)) {
            try quotaBook(["default rate=1", "default connections=2"])
        }
        _ = try quotaBook(["uid:0 rate=1", "gid:0 rate=1", "account:root rate=1"])
    }

    @Test func noMoreIsSetAsideThanThereIs() throws {
        let lines = [
            "uid:1 class=guaranteed rate=60", "uid:2 class=burstable rate=40", "uid:3 rate=1000",
        ]
        _ = try quotaBook(lines, total: 100)
        _ = try quotaBook(lines, total: 0)
        #expect(throws: QuotaError.overcommitted(reserved: 100, total: 99)) {
            try quotaBook(lines, total: 99)
        }
    }

    @Test func namesThatNobodyHasAreRefused() throws {
        #expect(throws: QuotaError.unknownName(.user("no-such-name"))) {
            try quotaBook(["user:no-such-name rate=1"])
        }
        #expect(throws: QuotaError.unknownName(.group("no-such-name"))) {
            try quotaBook(["group:no-such-name rate=1"])
        }
    }

    @Test func theRulesAndTheTotalAreBounded() throws {
        let rule = try #require(QuotaRule("uid:1 rate=1"))
        #expect(throws: QuotaError.tooManyRules(count: 1025)) {
            try QuotaBook(Array(repeating: rule, count: 1025), requestsPerSecondMax: 0)
        }
        for total in [-1, 1_000_001] {
            #expect(throws: QuotaError.totalOutOfRange(total)) {
                try QuotaBook([], requestsPerSecondMax: total)
            }
        }
    }

    @Test func theUnitIsAskedBeforeTheUserAndTheUserBeforeGroups() throws {
        let book = try quotaBook([
            "gid:7 rate=1", "gid:6 rate=2", "gid:5 rate=3", "uid:1 rate=4",
            "unit:web.service rate=5", "account:a rate=6", "default rate=7",
        ])
        func rate(_ user: UInt32, _ group: UInt32, _ groups: [UInt32], _ unit: String?) -> Int? {
            let peer = PeerIdentity(processID: 1, userID: user, groupID: group, groups: groups)
            return book.rule(of: book.owner(of: .peer(peer, unit: unit)))?.rate
        }
        #expect(rate(1, 5, [6, 7], "web.service") == 5)
        #expect(rate(1, 5, [6, 7], "other.service") == 4)
        #expect(rate(2, 5, [6, 7], nil) == 3)
        #expect(rate(2, 9, [6, 7], nil) == 1)
        #expect(rate(2, 9, [8], nil) == 7)
        #expect(book.rule(of: book.owner(of: .account("a")))?.rate == 6)
        #expect(book.rule(of: book.owner(of: .account("b")))?.rate == 7)
    }

    @Test func noRuleIsForThoseWithoutANumber() throws {
        let id = PeerIdentity.unmappedID
        let book = try quotaBook(["uid:\(id) rate=1", "gid:\(id) rate=1"])
        let peer = PeerIdentity(processID: 1, userID: id, groupID: id, groups: [id])
        #expect(book.rule(of: book.owner(of: .peer(peer, unit: nil))) == nil)
    }

    @Test func anAccountIsNotTheUserOfTheSameName() throws {
        let book = try quotaBook(["user:root rate=1"])
        #expect(book.owner(user: 0) != book.owner(of: .account("root")))
        #expect(book.rule(of: book.owner(of: .account("root"))) == nil)
    }

    @Test func withoutADefaultEverybodyElseIsOnTheirOwnAndNotLimited() {
        let book = QuotaBook.unlimited
        #expect(book.owner(user: 1) != book.owner(user: 2))
        #expect(book.rule(of: book.owner(user: 1)) == nil)
        #expect(!book.limitsRates && QuotaUse.allCases.allSatisfy { !book.limits($0) })
    }

    @Test func everybodyHasAClassAndThereAreNoMoreThanRulesName() throws {
        let book = try quotaBook([
            "unit:web.service class=guaranteed rate=5", "default rate=7",
        ])
        let peer = PeerIdentity(processID: 1, userID: 1, groupID: 1, groups: [])
        func quotaClass(_ unit: String?) -> QuotaClass {
            book.quotaClass(of: book.owner(of: .peer(peer, unit: unit)))
        }
        #expect(quotaClass("web.service") == .guaranteed)
        #expect(quotaClass(nil) == .bestEffort)
        #expect(book.namesUnits)
        #expect(QuotaClass.inUse(by: book.rules) == [.guaranteed, .bestEffort])
        #expect(QuotaClass.inUse(by: []) == [.bestEffort])
        #expect(!QuotaBook.unlimited.namesUnits)
    }
}
