import Sodium
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

@Suite struct TokenTableTests {
    private var random = SeededRandom(seed: 5)

    private func table(perUserMax: Int = 100, totalMax: Int = 100) -> TokenTable {
        TokenTable(
            key: Array(repeating: 3, count: TokenTable.keyCount), ttl: .seconds(300),
            perUserMax: perUserMax, totalMax: totalMax)
    }

    private mutating func issue(
        _ table: inout TokenTable, _ user: String, at seconds: Int = 0
    ) -> String {
        table.issue(
            random: random.bytes(TokenTable.randomCount), for: user, now: .seconds(seconds))
    }

    private func user(_ table: inout TokenTable, _ token: String, at seconds: Int = 0) -> String? {
        do throws(AccessError) {
            return try table.user(ofToken: token, now: .seconds(seconds))
        } catch {
            return error == .invalidToken ? nil : "\(error)"
        }
    }

    @Test mutating func aTokenIsTextAndANumber() throws {
        var table = table()
        let token = table.issue(random: Array(0..<32), for: "alice", now: .zero)
        #expect(token == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8.1")
        let second = issue(&table, "alice")
        #expect(second.hasSuffix(".2") && second.utf8.count == 45)
        #expect(user(&table, token) == "alice" && user(&table, second) == "alice")
    }

    @Test mutating func nothingElseIsAToken() {
        var table = table()
        let token = issue(&table, "alice")
        let wrong = [
            "", ".", ".1", "1", token + " ", String(token.dropLast()), token + "0",
            String(token.dropLast()) + "2", token.uppercased(), "A" + token.dropFirst(),
            String(repeating: "A", count: 100_000),
        ]
        for wrong in wrong where wrong != token { #expect(user(&table, wrong) == nil) }
        var other = TokenTable(key: Array(repeating: 4, count: TokenTable.keyCount))
        #expect(user(&other, token) == nil)
    }

    @Test mutating func everyUseGivesAllOfTheTimeAgain() {
        var table = table()
        let token = issue(&table, "alice")
        #expect(user(&table, token, at: 299) == "alice")
        #expect(user(&table, token, at: 598) == "alice")
        #expect(user(&table, token, at: 898) == nil)
        #expect(table.count == 0)
    }

    @Test mutating func aUserHasSoManyAndTheLeastUsedGoes() {
        var table = table(perUserMax: 3)
        let tokens = [
            issue(&table, "alice", at: 0), issue(&table, "alice", at: 1),
            issue(&table, "alice", at: 2),
        ]
        let other = issue(&table, "bob", at: 0)
        _ = user(&table, tokens[0], at: 3)
        let fourth = issue(&table, "alice", at: 4)
        #expect(user(&table, tokens[1], at: 5) == nil)
        for token in [tokens[0], tokens[2], fourth] {
            #expect(user(&table, token, at: 5) == "alice")
        }
        #expect(user(&table, other, at: 5) == "bob")
    }

    @Test mutating func thereAreSoManyInAllAndThoseThatEndedGoFirst() {
        var table = table(totalMax: 2)
        let first = issue(&table, "a", at: 0)
        let second = issue(&table, "b", at: 200)
        let third = issue(&table, "c", at: 300)
        #expect(user(&table, first, at: 300) == nil)
        #expect(user(&table, second, at: 301) == "b")
        _ = issue(&table, "d", at: 302)
        #expect(user(&table, third, at: 303) == nil)
        #expect(user(&table, second, at: 303) == "b")
        #expect(table.count == 2)
    }

    @Test mutating func changesEndTokens() throws {
        let hash = try PasswordHash.decoy(cost: .minimum)
        let read = try permission(.read, "a")
        let cases: [(AccessChange, alice: Bool, bob: Bool)] = [
            (.changePassword("alice", hash), false, true), (.deleteUser("alice"), false, true),
            (.disableLogin, false, false), (.enableLogin, true, true),
            (.revokeRole(user: "alice", role: "r"), true, true),
            (.grantPermission(role: "r", read), true, true),
        ]
        for (change, alice, bob) in cases {
            var table = table()
            let tokens = [issue(&table, "alice"), issue(&table, "alice"), issue(&table, "bob")]
            table.drop(after: change)
            let isAlice = tokens[..<2].map { user(&table, $0) != nil }
            #expect(isAlice == [alice, alice])
            #expect((user(&table, tokens[2]) != nil) == bob)
        }
    }

    @Test mutating func memoryIsBounded() {
        var table = table(perUserMax: 5, totalMax: 20)
        for second in 0..<500 {
            _ = issue(&table, "user \(second % 37)", at: second)
            #expect(table.count <= 20)
        }
        table.removeEnded(now: .seconds(10_000))
        #expect(table.count == 0)
    }
}
