import RPC
import VaultAPI

/// Something that the oracle, etcd 3.4, does otherwise than etcd 3.6 and vaultd, or that etcd
/// leaves open. Everything that is not in `all` must be equal.
struct KnownDifference: Sendable {
    /// Why the answers may differ.
    let reason: String
    /// True for exactly the pairs of answers that the reason explains.
    let explains: @Sendable (_ request: KVRequest, _ oracle: KVAnswer, _ vault: KVAnswer) -> Bool

    static let all = [unknownSortOption, tiedOrder, malformedText]

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
