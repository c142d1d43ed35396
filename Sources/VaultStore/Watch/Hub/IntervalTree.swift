/// Ranges of keys, asked which of them hold a key: a treap ordered by the ranges' starts, in which
/// each node knows the furthest end below it. A question costs about log n, and a step per answer.
struct IntervalTree {
    private struct Node {
        var range: KeyRange
        var value: Int
        var priority: UInt64
        var left = -1
        var right = -1
        /// The furthest end of the subtree; nil is no end.
        var furthest: Bytes?
    }

    private var nodes = Slots<Node>()
    private var root = -1

    var isEmpty: Bool { root < 0 }

    /// Adds a range that is not there yet.
    mutating func insert(_ range: KeyRange, value: Int) {
        let node = nodes.insert(
            Node(
                range: range, value: value, priority: .random(in: .min ... .max),
                furthest: Self.end(of: range)))
        let (left, right) = split(root, before: range)
        root = merge(merge(left, node), right)
    }

    mutating func remove(_ range: KeyRange) {
        root = remove(range, from: root)
    }

    /// Calls `body` with the value of each range that holds `key`.
    func visit(_ key: Bytes, _ body: (Int) -> Void) {
        visit(key, root, body)
    }

    private func visit(_ key: Bytes, _ node: Int, _ body: (Int) -> Void) {
        guard node >= 0, Self.reaches(nodes[node].furthest, key) else { return }
        visit(key, nodes[node].left, body)
        // Whatever is to the right starts even later.
        guard !precedes(key, nodes[node].range.key) else { return }
        if Self.reaches(Self.end(of: nodes[node].range), key) { body(nodes[node].value) }
        visit(key, nodes[node].right, body)
    }

    private static func end(of range: KeyRange) -> Bytes? {
        range.isUnbounded ? nil : range.rangeEnd
    }

    private static func reaches(_ end: Bytes?, _ key: Bytes) -> Bool {
        guard let end else { return true }
        return precedes(key, end)
    }

    private static func isBefore(_ left: KeyRange, _ right: KeyRange) -> Bool {
        if left.key != right.key { return precedes(left.key, right.key) }
        return precedes(left.rangeEnd, right.rangeEnd)
    }

    // MARK: - Shape

    private mutating func refresh(_ node: Int) {
        var furthest = Self.end(of: nodes[node].range)
        for child in [nodes[node].left, nodes[node].right] where child >= 0 {
            guard let known = furthest else { break }
            if let other = nodes[child].furthest {
                if precedes(known, other) { furthest = other }
            } else {
                furthest = nil
            }
        }
        nodes[node].furthest = furthest
    }

    private mutating func split(_ node: Int, before range: KeyRange) -> (left: Int, right: Int) {
        guard node >= 0 else { return (-1, -1) }
        if Self.isBefore(nodes[node].range, range) {
            let (left, right) = split(nodes[node].right, before: range)
            nodes[node].right = left
            refresh(node)
            return (node, right)
        }
        let (left, right) = split(nodes[node].left, before: range)
        nodes[node].left = right
        refresh(node)
        return (left, node)
    }

    private mutating func merge(_ left: Int, _ right: Int) -> Int {
        guard left >= 0 else { return right }
        guard right >= 0 else { return left }
        if nodes[left].priority > nodes[right].priority {
            nodes[left].right = merge(nodes[left].right, right)
            refresh(left)
            return left
        }
        nodes[right].left = merge(left, nodes[right].left)
        refresh(right)
        return right
    }

    private mutating func remove(_ range: KeyRange, from node: Int) -> Int {
        precondition(node >= 0, "a range that is removed must be in the tree")
        if nodes[node].range == range {
            let rest = merge(nodes[node].left, nodes[node].right)
            nodes.remove(node)
            return rest
        }
        if Self.isBefore(range, nodes[node].range) {
            nodes[node].left = remove(range, from: nodes[node].left)
        } else {
            nodes[node].right = remove(range, from: nodes[node].right)
        }
        refresh(node)
        return node
    }
}

/// Byte-wise order.
@inline(__always)
private func precedes(_ left: Bytes, _ right: Bytes) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { compareKeys(left, $0) < 0 } }
}
