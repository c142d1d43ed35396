import Testing
import VaultSeal
import VaultStore

@testable import VaultServer

/// When a store or a keyring is older than what is kept beside it.
@Suite struct FreshnessTests {
    private let now = Anchor(
        timeline: 2, revision: 10, keyringGeneration: 3, accessNumber: 4)

    private func texts(_ damage: [Damage]) -> [String] {
        #expect(damage.allSatisfy { $0.kind == .rolledBack })
        return damage.map(\.what)
    }

    @Test func whatIsAsNewOrNewerIsFresh() {
        #expect(Freshness.judge(now, noted: 3, auditedRevision: 10).isEmpty)
        #expect(Freshness.judge(now, noted: 0, auditedRevision: 9).isEmpty)
        #expect(Freshness.judge(now, noted: 2, auditedRevision: nil).isEmpty)
        #expect(Freshness.judge(now, anchor: nil).isEmpty)
        #expect(Freshness.judge(now, anchor: now).isEmpty)
        let older = Anchor(timeline: 2, revision: 1, keyringGeneration: 1, accessNumber: 1)
        #expect(Freshness.judge(now, anchor: older).isEmpty)
    }

    @Test func anOlderStoreIsNamedWithBothRevisions() {
        #expect(
            texts(Freshness.judge(now, noted: 3, auditedRevision: 12)) == [
                "the store is at revision 10, the audit log has seen 12"
            ])
    }

    @Test func anOlderKeyringIsNamed() {
        #expect(
            texts(Freshness.judge(now, noted: 5, auditedRevision: nil)) == [
                "the keyring is number 3, the store has seen 5"
            ])
    }

    @Test func theAnchorTellsOfAllOfThem() {
        let later = Anchor(timeline: 2, revision: 11, keyringGeneration: 4, accessNumber: 5)
        #expect(
            texts(Freshness.judge(now, anchor: later)) == [
                "the store is at revision 10, the anchor file has seen 11",
                "the keyring is number 3, the anchor file has seen 4",
                "the rules of access are number 4, the anchor file has seen 5",
            ])
    }

    /// A restore goes on in a new timeline; the one before may have been further.
    @Test func anAnchorOfAnOlderTimelineSaysNothing() {
        let before = Anchor(timeline: 1, revision: 99, keyringGeneration: 99, accessNumber: 99)
        #expect(Freshness.judge(now, anchor: before).isEmpty)
        let after = Anchor(timeline: 3, revision: 1, keyringGeneration: 1, accessNumber: 1)
        #expect(
            texts(Freshness.judge(now, anchor: after)) == [
                "the vault is in timeline 2, the anchor file has seen 3"
            ])
    }
}
