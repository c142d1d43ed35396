/// One page, copied out of the file, with every access held against its end.
///
/// Layout of LMDB 0.9 on a little-endian 64-bit machine:
///
///     header  page number u64, pad u16, flags u16, lower u16, upper u16   (overflow: count u32)
///     slots   u16 each, the offset of a node from the page's start
///     node    low u16, high u16, flags u16, key size u16, key, data
///
/// SAFETY: every offset is held against `bytes.count` by `check` before a node is read.
@safe struct PageBuffer {
    static let headerCount = 16
    static let nodeHeaderCount = 8

    struct Flags {
        static let branch: UInt16 = 0x01
        static let leaf: UInt16 = 0x02
        static let overflow: UInt16 = 0x04
        static let meta: UInt16 = 0x08
    }

    struct NodeFlags {
        /// The data lies in overflow pages; the node has the number of the first.
        static let big: UInt16 = 0x01
        /// The data is the record of a named table.
        static let table: UInt16 = 0x02
    }

    let bytes: UnsafeRawBufferPointer

    func word16(_ offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    func word32(_ offset: Int) -> UInt32 {
        unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func word64(_ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    var number: UInt64 { word64(0) }
    var flags: UInt16 { word16(10) }
    var lower: Int { Int(word16(12)) }
    var upper: Int { Int(word16(14)) }
    var overflowCount: UInt32 { word32(12) }
    var nodeCount: Int { (lower - Self.headerCount) / 2 }

    /// A node whose extent was checked by `checkNodes`.
    struct Node {
        var offset: Int
        var low: UInt16
        var high: UInt16
        var flags: UInt16
        var keyRange: Range<Int>

        /// In a branch: the child's page.
        var child: UInt64 { UInt64(low) | UInt64(high) << 16 | UInt64(flags) << 32 }
        /// In a leaf: bytes of the data.
        var dataCount: Int { Int(low) | Int(high) << 16 }
    }

    func node(_ index: Int) -> Node {
        let offset = Int(word16(Self.headerCount + 2 * index))
        let key = offset + Self.nodeHeaderCount
        return Node(
            offset: offset, low: word16(offset), high: word16(offset + 2),
            flags: word16(offset + 4), keyRange: key..<(key + Int(word16(offset + 6))))
    }

    func key(_ node: Node) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: bytes[node.keyRange])
    }

    /// The data of a leaf node that is not big.
    func data(_ node: Node) -> UnsafeRawBufferPointer {
        let start = node.keyRange.upperBound
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<(start + node.dataCount)])
    }

    /// Checks number, kind and bounds, and that every node lies whole within the page, apart from
    /// every other.
    func check(number expected: UInt64, kind: UInt16) throws(FileDamage) {
        guard number == expected else { throw .page(expected, "bears another number") }
        guard flags == kind else { throw .page(expected, "is of another kind") }
        guard lower >= Self.headerCount, lower <= upper, unsafe upper <= bytes.count, lower % 2 == 0
        else { throw .page(expected, "has impossible bounds") }
        let isBranch = kind == Flags.branch
        guard nodeCount >= (isBranch ? 2 : 1) else { throw .page(expected, "has too few nodes") }
        var used = 0
        for index in 0..<nodeCount {
            used += try checkNode(index, isBranch: isBranch, page: expected)
        }
        // Nodes fill what is above `upper`; with the sum right, one more check rules out overlap.
        guard unsafe used == bytes.count - upper else {
            throw .page(expected, "has nodes that overlap or leave gaps")
        }
        try checkOverlap(page: expected, isBranch: isBranch)
    }

    private func extent(_ node: Node, isBranch: Bool) -> Int {
        var size = node.keyRange.upperBound - node.offset
        if !isBranch { size += node.flags & NodeFlags.big != 0 ? 8 : node.dataCount }
        return size + size % 2
    }

    private func checkNode(
        _ index: Int, isBranch: Bool, page: UInt64
    ) throws(FileDamage) -> Int {
        let offset = Int(word16(Self.headerCount + 2 * index))
        guard offset >= upper, offset % 2 == 0, unsafe offset + Self.nodeHeaderCount <= bytes.count
        else {
            throw .page(page, "has a node out of bounds")
        }
        let node = node(index)
        guard node.keyRange.count <= 511 else { throw .page(page, "has a key that is too long") }
        if !isBranch {
            guard node.flags & ~(NodeFlags.big | NodeFlags.table) == 0 else {
                throw .page(page, "has a node of an unknown kind")
            }
            guard !node.keyRange.isEmpty else { throw .page(page, "has an empty key") }
        }
        let size = extent(node, isBranch: isBranch)
        guard unsafe offset + size <= bytes.count else {
            throw .page(page, "has a node out of bounds")
        }
        return size
    }

    private func checkOverlap(page: UInt64, isBranch: Bool) throws(FileDamage) {
        let starts = (0..<nodeCount).map { node($0) }.sorted { $0.offset < $1.offset }
        var end = upper
        for node in starts {
            guard node.offset == end else { throw .page(page, "has nodes that overlap") }
            end = node.offset + extent(node, isBranch: isBranch)
        }
    }
}
