import RPC
import VaultAPI

/// Something that the oracle, etcd 3.4, does otherwise than etcd 3.6 and vaultd, or that etcd
/// leaves open. Everything that is not in `all` must be equal.
struct KnownDifference: Sendable {
    /// Why the answers may differ.
    let reason: String
    /// True for exactly the pairs of answers that the reason explains.
    let explains: @Sendable (_ request: KVRequest, _ oracle: KVAnswer, _ vault: KVAnswer) -> Bool

    static let all = [
        unknownSortOption, tiedOrder, malformedText, remainingTTL, chosenLease,
    ]

    /// 3.6 refuses sort orders and targets outside their enums; 3.4 ignores them.
    static let unknownSortOption = KnownDifference(
        reason: "3.6 answers `invalid sort option` where 3.4 ignores an unknown enum value"
    ) { request, _, vault in
        let refusal = Status(.invalidArgument, "etcdserver: invalid sort option")
        guard vault == .failure(refusal) else { return false }
        switch request {
        case .range(let range): return range.hasUnknownSort
        case .transaction(let transaction):
            return (transaction.success + transaction.failure).contains {
                $0.requestRange.hasUnknownSort
            }
        default: return false
        }
    }

    /// Go's sort is not stable above 12 elements: keys with the same sort value come in any order.
    static let tiedOrder = KnownDifference(
        reason: "the order of keys with equal sort values is not specified"
    ) { request, oracle, vault in
        switch (request, oracle, vault) {
        case (.range(let request), .range(let left), .range(let right)):
            return SortTies(request).areEqual(left, right)
        case (.transaction(let request), .transaction(let left), .transaction(let right)):
            return SortTies.areEqual(request, left, right)
        default: return false
        }
    }

    /// Whole seconds of two clocks that were not read at the same moment. A lease that was opened
    /// anew has its whole time again.
    static let remainingTTL = KnownDifference(
        reason: "the time that a lease has left depends on when it is asked"
    ) { _, oracle, vault in
        guard case .timeToLive(var left) = oracle, case .timeToLive(let right) = vault,
            left.grantedTtl >= 1_000, right.ttl <= right.grantedTtl, left.ttl <= left.grantedTtl,
            min(left.ttl, right.ttl) >= left.grantedTtl - 900
        else { return false }
        left.ttl = right.ttl
        return left == right
    }

    /// `LeaseAdoption` gives both leases the same id afterwards.
    static let chosenLease = KnownDifference(
        reason: "an id that the server chooses is any positive number"
    ) { request, oracle, vault in
        guard case .grant(let request) = request, request.id == 0,
            case .grant(var left) = oracle, case .grant(let right) = vault, left.id > 0,
            right.id > 0
        else { return false }
        left.id = right.id
        return left == right
    }

    /// Both answer INTERNAL; the text is that of Go's decoder.
    static let malformedText = KnownDifference(
        reason: "the message about undecodable bytes is the decoder's own"
    ) { request, oracle, vault in
        guard case .malformed = request, case .failure(let left) = oracle,
            case .failure(let right) = vault
        else { return false }
        return left.code == .internal && right.code == .internal && !right.message.isEmpty
    }
}

extension Etcdserverpb_RangeRequest {
    fileprivate var hasUnknownSort: Bool {
        if case .UNRECOGNIZED = sortOrder { return true }
        if case .UNRECOGNIZED = sortTarget { return true }
        return false
    }
}
