import FoundationEssentials
import VaultAPI

/// Compares answers to a sorted Range, leaving open what etcd leaves open: the order within keys of
/// one sort value, and which of them a limit cuts off.
struct SortTies {
    private let request: Etcdserverpb_RangeRequest

    /// Up to this many elements Go's sort is an insertion sort, hence stable: nothing is left open.
    private static let stableCount = 12

    init(_ request: Etcdserverpb_RangeRequest) { self.request = request }

    func areEqual(
        _ left: Etcdserverpb_RangeResponse, _ right: Etcdserverpb_RangeResponse
    ) -> Bool {
        guard request.sortTarget != .key, left.count > SortTies.stableCount,
            left.header == right.header, left.count == right.count, left.more == right.more,
            left.kvs.map(sortValue) == right.kvs.map(sortValue)
        else { return false }
        var group: [Mvccpb_KeyValue] = []
        var other: [Mvccpb_KeyValue] = []
        for (one, two) in zip(left.kvs, right.kvs) {
            if let last = group.last, sortValue(last) != sortValue(one) {
                guard SortTies.sameSet(group, other) else { return false }
                group = []
                other = []
            }
            group.append(one)
            other.append(two)
        }
        return left.more || SortTies.sameSet(group, other)
    }

    /// The same for every Range of a transaction's chosen branch; all else must be equal.
    static func areEqual(
        _ request: Etcdserverpb_TxnRequest, _ left: Etcdserverpb_TxnResponse,
        _ right: Etcdserverpb_TxnResponse
    ) -> Bool {
        guard left.succeeded == right.succeeded, left.header == right.header,
            left.responses.count == right.responses.count
        else { return false }
        let branch = left.succeeded ? request.success : request.failure
        guard branch.count == left.responses.count else { return false }
        return zip(branch, zip(left.responses, right.responses)).allSatisfy { operation, pair in
            if pair.0 == pair.1 { return true }
            switch (operation.request, pair.0.response, pair.1.response) {
            case (.requestRange(let range), .responseRange(let one), .responseRange(let two)):
                return SortTies(range).areEqual(one, two)
            case (.requestTxn(let inner), .responseTxn(let one), .responseTxn(let two)):
                return areEqual(inner, one, two)
            default: return false
            }
        }
    }

    private func sortValue(_ keyValue: Mvccpb_KeyValue) -> [UInt8] {
        switch request.sortTarget {
        case .key, .UNRECOGNIZED: Array(keyValue.key)
        case .version: SortTies.bytes(keyValue.version)
        case .create: SortTies.bytes(keyValue.createRevision)
        case .mod: SortTies.bytes(keyValue.modRevision)
        case .value: Array(keyValue.value)
        }
    }

    private static func bytes(_ number: Int64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func sameSet(_ one: [Mvccpb_KeyValue], _ two: [Mvccpb_KeyValue]) -> Bool {
        let order = { (a: Mvccpb_KeyValue, b: Mvccpb_KeyValue) in
            a.key.lexicographicallyPrecedes(b.key)
        }
        return one.sorted(by: order) == two.sorted(by: order)
    }
}
