import Testing
import VaultStore

@testable import VaultServer

/// When a store or a keyring is older than what is kept beside it.
@Suite struct FreshnessTests {
    private func judge(
        revision: Int64 = 10, noted: UInt64 = 3, generation: UInt64 = 3, audited: Int64? = 10
    ) -> [Damage] {
        Freshness.judge(
            StoreMoment(revision: Revision(revision), keyringGeneration: noted, accessNumber: 0),
            keyringGeneration: generation, auditedRevision: audited)
    }

    @Test func whatIsAsNewOrNewerIsFresh() {
        #expect(judge().isEmpty)
        #expect(judge(revision: 11).isEmpty)
        #expect(judge(audited: nil).isEmpty)
        #expect(judge(noted: 0, generation: 1).isEmpty)
        #expect(judge(noted: 3, generation: 4).isEmpty)
    }

    @Test func anOlderStoreIsNamedWithBothRevisions() {
        let damage = judge(revision: 9, audited: 12)
        #expect(damage.map(\.kind) == [.rolledBack])
        #expect(
            damage.first?.what == "the store is at revision 9, the audit log has seen 12")
    }

    @Test func anOlderKeyringIsNamed() {
        let damage = judge(noted: 5, generation: 4)
        #expect(damage.map(\.kind) == [.rolledBack])
        #expect(damage.first?.what == "the keyring is number 4, the store has seen 5")
    }
}
