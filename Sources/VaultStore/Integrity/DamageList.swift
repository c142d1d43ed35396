/// Damage that was found: the first items, and how many there were.
public struct DamageList: Equatable, Sendable {
    public private(set) var items: [Damage] = []
    /// How many are not listed, because there are so many.
    public private(set) var more: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { items.isEmpty && more == 0 }
    public var count: UInt64 { UInt64(items.count) + more }

    public mutating func note(_ damage: Damage) {
        if items.count < Limits.damageListedMax { items.append(damage) } else { more += 1 }
    }

    /// Notes `count` items (none if it is not positive), of which only the listed ones are made.
    mutating func note(count: Int64, _ damage: (Int64) -> Damage) {
        guard count > 0 else { return }
        let listed = min(count, Int64(Limits.damageListedMax - items.count))
        for number in 0..<max(listed, 0) { items.append(damage(number)) }
        more += UInt64(count - max(listed, 0))
    }

    mutating func note(_ other: DamageList) {
        for damage in other.items { note(damage) }
        more += other.more
    }

    func count(of kind: Damage.Kind) -> Int { items.count { $0.kind == kind } }
}
