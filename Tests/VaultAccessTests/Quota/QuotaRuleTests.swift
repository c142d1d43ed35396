import Testing
import VaultAccess
import VaultTestSupport

@Suite struct QuotaRuleTests {
    @Test func everyOptionIsRead() throws {
        let rule = try #require(
            QuotaRule(
                "unit:web.service class=burstable rate=5000 burst=7 connections=50 watches=1000 "
                    + "inflight=9"))
        #expect(rule.subject == .principal(.unit("web.service")))
        #expect(rule.quotaClass == .burstable)
        #expect(rule.rate == 5000 && rule.burst == 7)
        #expect(rule.connectionsMax == 50 && rule.watchesMax == 1000 && rule.inFlightMax == 9)
    }

    @Test func whatIsNotSaidIsBestEffortAndNotLimited() throws {
        let rule = try #require(QuotaRule("default connections=20"))
        #expect(rule.subject == .everyoneElse && rule.quotaClass == .bestEffort)
        #expect(rule.rate == nil && rule.burst == nil)
        #expect(rule.watchesMax == nil && rule.inFlightMax == nil)
    }

    @Test func aBurstIsASecondsWorthUnlessSaid() throws {
        #expect(try #require(QuotaRule("uid:5 rate=100")).burst == 100)
    }

    @Test(arguments: [
        "uid:1000 rate=5", "user:alice class=bestEffort rate=5 burst=1", "gid:5 watches=1",
        "group:staff class=guaranteed rate=1", "unit:a\\x2db.service connections=1000000",
        "account:alice class=burstable rate=1000000", "account:root inflight=1",
        "default class=bestEffort rate=10", "default inflight=3 rate=2",
    ])
    func rulesAreReadAndSaidAlike(_ text: String) throws {
        let rule = try #require(QuotaRule(text))
        #expect(QuotaRule(rule.description) == rule)
    }

    @Test(arguments: [
        "", " ", "default", "uid:5", "uid:5 ", " uid:5 rate=1", "uid:5  rate=1", "uid:5 rate=1 ",
        "uid:5\trate=1", "uid:5 rate=1\n", "rate=1", "rate=1 uid:5",
        // Whom?
        "alice rate=1", "uid:05 rate=1", "uid: rate=1", "unit:web rate=1", "account: rate=1",
        "account:uid:5 rate=1", "account:unit:x.service rate=1", "account:a b rate=1",
        "account:a\u{7}b rate=1", "Default rate=1", "unit:*.service rate=1",
        // What?
        "uid:5 Rate=1", "uid:5 rate", "uid:5 rate=", "uid:5 =1", "uid:5 rat=1", "uid:5 rate=1=1",
        "uid:5 clas=guaranteed rate=1", "account:bob clas=guaranteed rate=1",
        "uid:5 class= rate=1", "uid:5 class=Guaranteed rate=1", "uid:5 class=best rate=1",
        "uid:5 rate=1 rate=1", "uid:5 class=burstable class=burstable rate=1",
        "uid:5 connections=1 connections=2",
        // How much?
        "uid:5 rate=0", "uid:5 rate=-1", "uid:5 rate=+1", "uid:5 rate=01", "uid:5 rate=1.5",
        "uid:5 rate=1e3", "uid:5 rate=1000001", "uid:5 rate=99999999999999999999",
        "uid:5 rate=0x10", "uid:5 rate=\u{661}", "uid:5 rate=1k", "uid:5 connections=0",
        // Together?
        "uid:5 class=guaranteed", "uid:5 class=burstable connections=5", "uid:5 burst=5",
        "uid:5 class=bestEffort burst=5 connections=1", "default class=guaranteed rate=1",
        "default class=burstable rate=1",
    ])
    func whatIsNoRuleIsNotRead(_ text: String) {
        #expect(QuotaRule(text) == nil)
    }

    @Test func theExampleInTheHelpIsARule() throws {
        let example = try #require(QuotaRule.allowed.split(separator: "'").dropFirst().first)
        #expect(QuotaRule(String(example)) != nil)
    }
}
