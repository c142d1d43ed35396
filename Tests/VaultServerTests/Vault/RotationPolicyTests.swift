import Testing
import VaultSeal

@testable import VaultServer

@Suite struct RotationPolicyTests {
    private func policy(
        age: Int64 = 0, records: UInt64 = 0, bytes: UInt64 = 0
    ) -> RotationPolicy {
        var policy = RotationPolicy()
        (policy.age, policy.records, policy.bytes) = (age, records, bytes)
        return policy
    }

    private func reason(
        _ policy: RotationPolicy, now: Int64 = 1_000_000, records: UInt64 = 0, bytes: UInt64 = 0,
        stored: (UInt64, UInt64) = (0, 0)
    ) -> RotationPolicy.Reason? {
        policy.reason(
            created: 1_000, now: now,
            sealing: SealingCount(dataKey: 1, records: records, bytes: bytes), stored: stored)
    }

    @Test func aKeyIsReplacedWhenItIsOlderThanItsAge() {
        let policy = policy(age: 60_000)
        #expect(reason(policy, now: 1_060_000) == nil)
        #expect(reason(policy, now: 1_061_000) == .age)
        // A clock that was set back replaces nothing.
        #expect(reason(policy, now: 0) == nil)
    }

    @Test func aKeyIsReplacedAtItsLimits() {
        #expect(reason(policy(records: 100), records: 99) == nil)
        #expect(reason(policy(records: 100), records: 100) == .records)
        #expect(reason(policy(bytes: 100), bytes: 99) == nil)
        #expect(reason(policy(bytes: 100), bytes: 100) == .bytes)
    }

    @Test func withoutLimitsNothingIsReplaced() {
        #expect(!policy().isActive)
        #expect(reason(policy(), now: .max, records: .max, bytes: .max) == nil)
    }

    /// A rewrap seals all of the store: it must not be what makes the next one due.
    @Test func aRewrapDoesNotBringAboutTheNextRotation() {
        let stored: (UInt64, UInt64) = (1_000, 64_000)
        #expect(reason(policy(records: 100), records: 1_100, stored: stored) == nil)
        #expect(reason(policy(records: 100), records: 2_000, stored: stored) == .records)
        #expect(reason(policy(bytes: 100), bytes: 70_000, stored: stored) == nil)
        #expect(reason(policy(bytes: 100), bytes: 128_000, stored: stored) == .bytes)
    }
}
