/// The keys in order, each with the positions of its versions in the log: a B+tree with counts of
/// live keys, so that counting a range costs two descents.
///
/// The index may hold versions that are not published yet. Readers never see them: they ask for a
/// revision, and the counts change only with `publish`.
///
/// SAFETY: not thread-safe; `SharedIndex` gives out access.
struct KeyIndex: ~Copyable {
    private var root = TreeNode.make(isLeaf: true)
    /// Entries, deleted keys that still have versions included.
    private(set) var entryCount = 0
    private(set) var liveCount = 0

    deinit {
        Self.freeAll(root)
    }

    private static func freeAll(_ node: TreeNode) {
        for index in 0..<node.count {
            if node.isLeaf { node.entry(index).free() } else { freeAll(node.child(index)) }
        }
        node.free()
    }

    func find(_ key: UnsafeRawBufferPointer) -> IndexEntry? {
        var node = root
        while !node.isLeaf { node = node.child(node.childIndex(key)) }
        let (index, found) = node.lowerBound(key)
        return found ? node.entry(index) : nil
    }

    /// Adds a key that is not there yet.
    mutating func insert(_ key: UnsafeRawBufferPointer, position: LogPosition) -> IndexEntry {
        let entry = IndexEntry.make(key: key, position: position)
        if let right = Self.insert(entry, into: root) {
            let newRoot = TreeNode.make(isLeaf: false)
            newRoot.insert(child: root, at: 0)
            newRoot.insert(child: right, at: 1)
            root = newRoot
        }
        entryCount += 1
        return entry
    }

    /// Returns the new right neighbour when the node had to be split.
    private static func insert(_ entry: IndexEntry, into node: TreeNode) -> TreeNode? {
        if node.isLeaf {
            let (index, _) = node.lowerBound(entry.key)
            node.insert(entry: entry, at: index)
            guard node.count > TreeNode.fanout else { return nil }
            // Keys that arrive in order leave full leaves behind, not half-full ones.
            return node.split(at: index == node.count - 1 ? index : node.count / 2)
        }
        let index = node.childIndex(entry.key)
        let child = node.child(index)
        if let right = insert(entry, into: child) {
            node.refresh(index)
            node.insert(child: right, at: index + 1)
        } else {
            node.refreshSmallest(index)
        }
        guard node.count > TreeNode.fanout else { return nil }
        return node.split(at: index + 1 >= node.count - 1 ? node.count - 1 : node.count / 2)
    }

    /// Takes the key out and frees its entry.
    mutating func remove(_ entry: IndexEntry) {
        if entry.isLive { setLive(entry, false) }
        Self.remove(entry, from: root)
        entry.free()
        entryCount -= 1
        while !root.isLeaf && root.count == 1 {
            let child = root.child(0)
            root.free()
            root = child
        }
    }

    private static func remove(_ entry: IndexEntry, from node: TreeNode) {
        if node.isLeaf {
            let (index, found) = node.lowerBound(entry.key)
            precondition(found, "an entry that is removed must be in the tree")
            node.remove(at: index)
            return
        }
        let index = node.childIndex(entry.key)
        let child = node.child(index)
        remove(entry, from: child)
        if child.count == 0 {
            child.free()
            node.remove(at: index)
            return
        }
        node.refreshSmallest(index)
        let left = index > 0 ? index - 1 : index
        guard left + 1 < node.count else { return }
        let first = node.child(left)
        let second = node.child(left + 1)
        if first.count + second.count <= TreeNode.fanout / 2 {
            first.absorb(second)
            node.remove(at: left + 1)
            node.refresh(left)
        }
    }

    /// Counts the key as existing, or not, from now on.
    mutating func setLive(_ entry: IndexEntry, _ isLive: Bool) {
        guard entry.isLive != isLive else { return }
        let delta = isLive ? 1 : -1
        let key = entry.key
        var node = root
        while !node.isLeaf {
            let index = node.childIndex(key)
            node.addLive(delta, at: index)
            node = node.child(index)
        }
        entry.isLive = isLive
        liveCount += delta
    }

    /// Sets every count from the newest version of each key, after a load.
    mutating func recount() {
        liveCount = Self.recount(root)
    }

    private static func recount(_ node: TreeNode) -> Int {
        var live = 0
        for index in 0..<node.count {
            if node.isLeaf {
                let entry = node.entry(index)
                entry.isLive = !entry.last.isTombstone
                live += entry.isLive ? 1 : 0
            } else {
                let below = recount(node.child(index))
                node.addLive(below - node.live(index), at: index)
                live += below
            }
        }
        return live
    }

    /// Live keys below `key`.
    func rank(_ key: UnsafeRawBufferPointer) -> Int {
        var sum = 0
        var node = root
        while !node.isLeaf {
            let index = node.childIndex(key)
            for before in 0..<index { sum += node.live(before) }
            node = node.child(index)
        }
        let (index, _) = node.lowerBound(key)
        for before in 0..<index where node.entry(before).isLive { sum += 1 }
        return sum
    }

    /// Passes over the entries from `key` on, in order, until `body` returns false.
    ///
    /// Returns false when `body` ended it.
    @discardableResult
    func visit<E: Error>(
        from key: UnsafeRawBufferPointer, _ body: (IndexEntry) throws(E) -> Bool
    ) throws(E) -> Bool {
        try Self.visit(root, from: key, body)
    }

    private static func visit<E: Error>(
        _ node: TreeNode, from key: UnsafeRawBufferPointer?, _ body: (IndexEntry) throws(E) -> Bool
    ) throws(E) -> Bool {
        if node.isLeaf {
            var index = key.map { node.lowerBound($0).index } ?? 0
            while index < node.count {
                if try !body(node.entry(index)) { return false }
                index += 1
            }
            return true
        }
        let first = key.map { node.childIndex($0) } ?? 0
        for index in first..<node.count {
            // Only the first child can hold keys below the start.
            if try !visit(node.child(index), from: index == first ? key : nil, body) {
                return false
            }
        }
        return true
    }
}
