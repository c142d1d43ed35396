import Testing
import VaultTestSupport

@testable import VaultAccess

/// A book from lines, which must be right.
func quotaBook(_ lines: [String], total: Int = 0) throws -> QuotaBook {
    let rules = try lines.map { line in try #require(QuotaRule(line), "\(line)") }
    return try QuotaBook(rules, requestsPerSecondMax: total)
}

extension QuotaBook {
    /// The owner of what this user does, without groups.
    func owner(user: UInt32, unit: String? = nil) -> QuotaOwner {
        owner(of: .peer(PeerIdentity(processID: 1, userID: user, groupID: user), unit: unit))
    }
}
