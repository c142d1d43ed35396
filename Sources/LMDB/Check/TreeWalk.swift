#if canImport(Glibc)
    internal import Glibc
#endif

/// Walks the trees of a file from their roots.
struct TreeWalk {
    let reader: PageReader
    let pages: PageUse
    let depthMax: Int
    let tolerance: FileTolerance?

    /// LMDB's order of keys, but for the free list.
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shared = min(left.count, right.count)
        if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
            let order = unsafe memcmp(first, second, shared)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }

    /// What a walk found, to be held against the tree's record.
    private struct Found {
        var leaves: [FileCheck.LeafPage] = []
        var branchPages: UInt64 = 0
    }

    /// The leaf pages of a tree in order, without looking into them.
    func leaves(
        of tree: FileMeta.Tree, table: String
    ) throws(FileDamage) -> [FileCheck.LeafPage] {
        guard tree.root != FileMeta.noPage else {
            guard tree.entries == 0, tree.depth == 0, tree.leafPages == 0, tree.branchPages == 0
            else { throw .structure("has a table without pages that is not empty") }
            return []
        }
        var found = Found()
        try tolerance.go { () throws(FileDamage) in
            guard (1...depthMax).contains(tree.depth) else {
                throw .structure("has a table of impossible depth")
            }
            try descend(
                tree.root, level: tree.depth, lower: [], upper: nil, table: table, into: &found)
            guard found.branchPages == tree.branchPages,
                UInt64(found.leaves.count) == tree.leafPages
            else { throw .structure("has other numbers of pages than it says") }
        }
        return found.leaves
    }

    private func descend(
        _ number: UInt64, level: Int, lower: [UInt8], upper: [UInt8]?, table: String,
        into found: inout Found
    ) throws(FileDamage) {
        try pages.use(number)
        guard level > 1 else {
            found.leaves.append(
                FileCheck.LeafPage(number: number, lower: lower, upper: upper, table: table))
            return
        }
        found.branchPages += 1
        let children = try reader.withPage(number, failure: { $0 }) {
            (page) throws(FileDamage) -> [(page: UInt64, lower: [UInt8])] in
            try page.check(number: number, kind: PageBuffer.Flags.branch)
            var children: [(page: UInt64, lower: [UInt8])] = []
            for index in 0..<page.nodeCount {
                let node = page.node(index)
                // The first key of a branch stands for everything below the second.
                let bound = unsafe index == 0 ? lower : [UInt8](page.key(node))
                children.append((node.child, bound))
            }
            return children
        }
        for (index, child) in children.enumerated() {
            let next = index + 1 < children.count ? children[index + 1].lower : upper
            if let next, table != Self.freeListName {
                guard child.lower.lexicographicallyPrecedes(next) else {
                    throw .page(number, "has keys out of order")
                }
            }
            try tolerance.go { () throws(FileDamage) in
                try descend(
                    child.page, level: level - 1, lower: child.lower, upper: next, table: table,
                    into: &found)
            }
        }
    }

    private static let freeListName = "\0free"

    /// The entries of a tree whose leaves are checked at once.
    private func visitAll(
        _ tree: FileMeta.Tree, name: String,
        _ body: (PageBuffer, PageBuffer.Node) throws(FileDamage) -> UInt64
    ) throws(FileDamage) {
        var entries: UInt64 = 0
        var overflow: UInt64 = 0
        for leaf in try leaves(of: tree, table: name) {
            try reader.withPage(leaf.number, failure: { $0 }) { (page) throws(FileDamage) in
                try page.check(number: leaf.number, kind: PageBuffer.Flags.leaf)
                for index in 0..<page.nodeCount {
                    entries += 1
                    overflow += try body(page, page.node(index))
                }
            }
        }
        guard entries == tree.entries, overflow == tree.overflowPages else {
            throw .structure("has other numbers of entries than it says")
        }
    }

    /// Names and records of the tables.
    func namedTables(
        _ main: FileMeta.Tree
    ) throws(FileDamage) -> [(name: String, tree: FileMeta.Tree)] {
        var tables: [(name: String, tree: FileMeta.Tree)] = []
        var last: [UInt8] = []
        try visitAll(main, name: "\0main") { (page, node) throws(FileDamage) in
            let key = unsafe [UInt8](page.key(node))
            guard node.flags == PageBuffer.NodeFlags.table,
                node.dataCount == FileMeta.Tree.byteCount, last.lexicographicallyPrecedes(key)
            else { throw .page(page.number, "does not name tables in order") }
            last = key
            tables.append(
                (
                    String(decoding: key, as: UTF8.self),
                    FileMeta.Tree(page, at: node.keyRange.upperBound)
                ))
            return 0
        }
        return tables
    }

    /// Every page on the free list exists, once, and nobody uses it.
    ///
    /// An entry is the transaction that freed the pages, and their numbers in descending order
    /// behind their count.
    func checkFreeList(_ tree: FileMeta.Tree, newest: UInt64) throws(FileDamage) {
        var last: UInt64 = 0
        try visitAll(tree, name: Self.freeListName) { (page, node) throws(FileDamage) in
            guard node.keyRange.count == 8, node.flags & PageBuffer.NodeFlags.table == 0 else {
                throw .page(page.number, "has a malformed free list")
            }
            let transaction = page.word64(node.keyRange.lowerBound)
            guard transaction > last, transaction <= newest else {
                throw .page(page.number, "has a free list out of order")
            }
            last = transaction
            guard node.flags & PageBuffer.NodeFlags.big != 0 else {
                unsafe try checkFreePages(page.data(node), page: page.number)
                return 0
            }
            return try checkBigFreePages(page, node)
        }
    }

    private func checkBigFreePages(
        _ page: PageBuffer, _ node: PageBuffer.Node
    ) throws(FileDamage) -> UInt64 {
        let first = page.word64(node.keyRange.upperBound)
        let count = unsafe (PageBuffer.headerCount - 1 + node.dataCount) / page.bytes.count + 1
        try pages.use(first, count: UInt64(count))
        try reader.withPages(first, count: count, failure: { $0 }) { (run) throws(FileDamage) in
            guard run.number == first, run.flags == PageBuffer.Flags.overflow,
                Int(run.overflowCount) == count
            else { throw .page(first, "is not the free list it should be") }
            let start = PageBuffer.headerCount
            unsafe try checkFreePages(
                unsafe UnsafeRawBufferPointer(
                    rebasing: run.bytes[start..<(start + node.dataCount)]), page: first)
        }
        return UInt64(count)
    }

    private func checkFreePages(
        _ list: UnsafeRawBufferPointer, page: UInt64
    ) throws(FileDamage) {
        guard list.count >= 8, list.count % 8 == 0 else {
            throw .page(page, "has a malformed free list")
        }
        let words = unsafe PageBuffer(bytes: list)
        let count = words.word64(0)
        guard count <= UInt64(list.count / 8 - 1) else {
            throw .page(page, "has a malformed free list")
        }
        var previous = UInt64.max
        for index in 0..<Int(count) {
            let number = words.word64(8 + 8 * index)
            guard number < previous else { throw .page(page, "has a free list out of order") }
            previous = number
            try pages.use(number)
        }
    }
}
