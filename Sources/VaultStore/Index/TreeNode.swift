#if canImport(Glibc)
    import Glibc
#endif

/// A node of the index tree: a leaf holds entries, an inner node holds children, each with its
/// smallest entry and the number of live keys below it.
///
/// SAFETY: plain memory, owned by `KeyIndex`, under the same rule as `IndexEntry`.
struct TreeNode: Equatable {
    struct Header {
        var count: Int32
        var isLeaf: Bool
    }

    static let fanout = 64

    private static let slotsOffset = 8
    private static let smallestOffset = slotsOffset + (fanout + 1) * 8
    private static let liveOffset = smallestOffset + (fanout + 1) * 8
    private static let leafBytes = smallestOffset
    private static let innerBytes = liveOffset + (fanout + 1) * 8

    let base: UnsafeMutableRawPointer

    static func make(isLeaf: Bool) -> TreeNode {
        let base = UnsafeMutableRawPointer.allocate(
            byteCount: isLeaf ? leafBytes : innerBytes, alignment: 8)
        base.initializeMemory(as: Header.self, to: Header(count: 0, isLeaf: isLeaf))
        return TreeNode(base: base)
    }

    func free() { base.deallocate() }

    private var header: UnsafeMutablePointer<Header> {
        base.assumingMemoryBound(to: Header.self)
    }

    private var slots: UnsafeMutablePointer<UnsafeMutableRawPointer> {
        (base + Self.slotsOffset).assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    }

    private var smallestSlots: UnsafeMutablePointer<UnsafeMutableRawPointer> {
        (base + Self.smallestOffset).assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    }

    private var liveSlots: UnsafeMutablePointer<Int> {
        (base + Self.liveOffset).assumingMemoryBound(to: Int.self)
    }

    var isLeaf: Bool { header.pointee.isLeaf }

    var count: Int { Int(header.pointee.count) }

    func entry(_ index: Int) -> IndexEntry { IndexEntry(base: slots[index]) }

    func child(_ index: Int) -> TreeNode { TreeNode(base: slots[index]) }

    /// The smallest entry below child `index`.
    func smallest(_ index: Int) -> IndexEntry { IndexEntry(base: smallestSlots[index]) }

    /// The smallest entry of this node; the node must not be empty.
    var smallest: IndexEntry { isLeaf ? entry(0) : smallest(0) }

    func live(_ index: Int) -> Int { liveSlots[index] }

    func addLive(_ delta: Int, at index: Int) { liveSlots[index] += delta }

    /// Live keys in the whole node.
    var liveCount: Int {
        var sum = 0
        for index in 0..<count {
            sum += isLeaf ? (entry(index).isLive ? 1 : 0) : liveSlots[index]
        }
        return sum
    }

    /// Takes over what is said of child `index` from the child itself.
    func refresh(_ index: Int) {
        smallestSlots[index] = child(index).smallest.base
        liveSlots[index] = child(index).liveCount
    }

    func refreshSmallest(_ index: Int) {
        smallestSlots[index] = child(index).smallest.base
    }

    func insert(entry: IndexEntry, at index: Int) {
        memmove(slots + index + 1, slots + index, (count - index) * 8)
        slots[index] = entry.base
        header.pointee.count += 1
    }

    func insert(child: TreeNode, at index: Int) {
        let moved = (count - index) * 8
        memmove(slots + index + 1, slots + index, moved)
        memmove(smallestSlots + index + 1, smallestSlots + index, moved)
        memmove(liveSlots + index + 1, liveSlots + index, moved)
        slots[index] = child.base
        header.pointee.count += 1
        refresh(index)
    }

    func remove(at index: Int) {
        let moved = (count - index - 1) * 8
        memmove(slots + index, slots + index + 1, moved)
        if !isLeaf {
            memmove(smallestSlots + index, smallestSlots + index + 1, moved)
            memmove(liveSlots + index, liveSlots + index + 1, moved)
        }
        header.pointee.count -= 1
    }

    /// Moves what stands from `index` on into a new node to the right.
    func split(at index: Int) -> TreeNode {
        let right = TreeNode.make(isLeaf: isLeaf)
        let moved = count - index
        memcpy(right.slots, slots + index, moved * 8)
        if !isLeaf {
            memcpy(right.smallestSlots, smallestSlots + index, moved * 8)
            memcpy(right.liveSlots, liveSlots + index, moved * 8)
        }
        right.header.pointee.count = Int32(moved)
        header.pointee.count = Int32(index)
        return right
    }

    /// Takes over everything of the node to the right and frees it.
    func absorb(_ right: TreeNode) {
        memcpy(slots + count, right.slots, right.count * 8)
        if !isLeaf {
            memcpy(smallestSlots + count, right.smallestSlots, right.count * 8)
            memcpy(liveSlots + count, right.liveSlots, right.count * 8)
        }
        header.pointee.count += Int32(right.count)
        right.free()
    }

    /// In a leaf: the first entry whose key is not below `key`.
    func lowerBound(_ key: UnsafeRawBufferPointer) -> (index: Int, found: Bool) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let order = compareKeys(entry(middle).key, key)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// In an inner node: the child where `key` belongs.
    func childIndex(_ key: UnsafeRawBufferPointer) -> Int {
        var low = 1
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if compareKeys(smallest(middle).key, key) <= 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low - 1
    }
}
