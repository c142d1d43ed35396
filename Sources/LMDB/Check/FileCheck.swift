internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Checks the structure of an LMDB file without LMDB, and reads its tables.
///
/// LMDB trusts every number in its file; one that was cut off or tampered with can crash the
/// process. Here each page is copied out with `pread` and every number held against bounds, so that
/// nothing but an error comes of it. What passes `open`, `visit` of all leaf pages, and `finish`
/// can be opened with LMDB.
///
/// Format: LMDB 0.9, little-endian, 64-bit. Only the kinds of tables that `Environment` makes.
public final class FileCheck: Sendable {
    /// Which of the two meta pages to believe.
    public enum Moment: Sendable {
        /// The newer one, as LMDB would.
        case newest
        /// The older one: the last commit whose pages were on the disk before a power cut.
        case previous
    }

    /// What the file says of one table.
    public struct TableSummary: Sendable {
        /// Records in it.
        public var entries: Int
        var tree: FileMeta.Tree
    }

    /// A leaf page and the keys that may lie in it: `lower` <= key < `upper`.
    public struct LeafPage: Sendable {
        let number: UInt64
        let lower: [UInt8]
        let upper: [UInt8]?
        let table: String
    }

    /// Meta pages may name a last page a little beyond the file: LMDB does not write pages that it
    /// took and gave back in one transaction.
    private static let slackBytes = 16 << 20
    private static let depthMax = 32

    let reader: PageReader
    let meta: FileMeta
    private let pages: PageUse
    private let tolerance: FileTolerance?
    /// By name.
    public let tables: [String: TableSummary]
    private let leaves: [String: [LeafPage]]
    private let visitedEntries = Mutex<[String: Int]>([:])
    private let visitedOverflow = Mutex<[String: UInt64]>([:])

    /// Checks everything but the leaf pages of the named tables.
    ///
    /// - Parameter tolerance: has the check leave out what is damaged instead of failing. A file
    ///   that was checked so must not be opened with LMDB, whatever was found.
    public static func open(
        path: String, moment: Moment = .newest, tolerance: FileTolerance? = nil
    ) throws(FileDamage) -> FileCheck {
        let reader = try PageReader(path: path)
        let metas = try reader.metas(tolerance: tolerance)
        let newest = metas.0.transaction < metas.1.transaction ? metas.1 : metas.0
        let older = metas.0.transaction < metas.1.transaction ? metas.0 : metas.1
        return try FileCheck(reader, moment == .newest ? newest : older, tolerance)
    }

    private init(
        _ reader: PageReader, _ meta: FileMeta, _ tolerance: FileTolerance?
    ) throws(FileDamage) {
        self.tolerance = tolerance
        let neededBytes = (meta.lastPage + 1) * UInt64(meta.pageSize)
        try tolerance.go { () throws(FileDamage) in
            guard neededBytes <= UInt64(reader.fileBytes + Self.slackBytes) else {
                throw .tooShort(bytes: reader.fileBytes)
            }
        }
        self.reader = reader
        self.meta = meta
        // Of a file that was cut off only what is there can be met.
        pages = PageUse(
            lastPage: min(
                meta.lastPage, UInt64((reader.fileBytes + Self.slackBytes) / meta.pageSize)))
        let walk = TreeWalk(
            reader: reader, pages: pages, depthMax: Self.depthMax, tolerance: tolerance)
        try tolerance.go { () throws(FileDamage) in
            try walk.checkFreeList(meta.free, newest: meta.transaction)
        }
        var tables: [String: TableSummary] = [:]
        var leaves: [String: [LeafPage]] = [:]
        for (name, tree) in try walk.namedTables(meta.main) {
            guard tree.flags == 0 else { throw .structure("has a table of an unknown kind") }
            tables[name] = TableSummary(entries: Int(clamping: tree.entries), tree: tree)
            leaves[name] = try walk.leaves(of: tree, table: name)
        }
        self.tables = tables
        self.leaves = leaves
    }

    /// The leaf pages of a table, in the order of its keys.
    public func leafPages(of table: String) -> [LeafPage] { leaves[table] ?? [] }

    /// Checks a leaf page and hands over its keys and values in order; they are valid during the
    /// call. May be called from several threads at once.
    ///
    /// - Parameter failure: turns damage into the caller's error, so that only one type is thrown.
    public func visit<E: Error>(
        _ leaf: LeafPage, failure: (FileDamage) -> E,
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        var entries = 0
        var overflow: UInt64 = 0
        try reader.withPage(leaf.number, failure: failure) { (page) throws(E) in
            do throws(FileDamage) { try Self.check(page, leaf) } catch { throw failure(error) }
            for index in 0..<page.nodeCount {
                let node = page.node(index)
                entries += 1
                guard node.flags & PageBuffer.NodeFlags.big != 0 else {
                    unsafe try body(page.key(node), page.data(node))
                    continue
                }
                let first = page.word64(node.keyRange.upperBound)
                if try isSkipped(first, count: node.dataCount, failure: failure) { continue }
                unsafe overflow += try visitBig(
                    first, count: node.dataCount, failure: failure
                ) { (value) throws(E) in unsafe try body(page.key(node), value) }
            }
        }
        visitedEntries.withLock { $0[leaf.table, default: 0] += entries }
        if overflow > 0 { visitedOverflow.withLock { $0[leaf.table, default: 0] += overflow } }
    }

    /// Keys in order, within the bounds that the branches give, and no node of a tree in a table.
    private static func check(_ page: PageBuffer, _ leaf: LeafPage) throws(FileDamage) {
        try page.check(number: leaf.number, kind: PageBuffer.Flags.leaf)
        for index in 0..<page.nodeCount {
            let node = page.node(index)
            guard node.flags & PageBuffer.NodeFlags.table == 0 else {
                throw .page(leaf.number, "has a node of an unknown kind")
            }
            let key = unsafe page.key(node)
            let isInOrder =
                unsafe index == 0
                ? !precedes(key, leaf.lower)
                : TreeWalk.compare(page.key(page.node(index - 1)), key) < 0
            guard isInOrder else { throw .page(leaf.number, "has keys out of order") }
        }
        if let upper = leaf.upper, unsafe !precedes(page.key(page.node(page.nodeCount - 1)), upper)
        {
            throw .page(leaf.number, "has keys out of order")
        }
    }

    private static func precedes(_ key: UnsafeRawBufferPointer, _ bound: [UInt8]) -> Bool {
        unsafe bound.withUnsafeBytes { unsafe TreeWalk.compare(key, $0) < 0 }
    }

    private func pageCount(_ count: Int) -> UInt64 {
        UInt64((PageBuffer.headerCount - 1 + count) / meta.pageSize + 1)
    }

    /// Where damage is tolerated: whether the pages of a big value are not what they should be.
    private func isSkipped<E: Error>(
        _ first: UInt64, count: Int, failure: (FileDamage) -> E
    ) throws(E) -> Bool {
        guard let tolerance else { return false }
        let pageCount = pageCount(count)
        do throws(FileDamage) {
            try reader.withPages(first, count: Int(pageCount), failure: { $0 }) {
                (run) throws(FileDamage) in try Self.check(run, first, pageCount)
            }
            return false
        } catch {
            do throws(FileDamage) { try tolerance.note(error) } catch { throw failure(error) }
            return true
        }
    }

    private static func check(
        _ run: PageBuffer, _ first: UInt64, _ pageCount: UInt64
    ) throws(FileDamage) {
        guard run.number == first, run.flags == PageBuffer.Flags.overflow,
            UInt64(run.overflowCount) == pageCount
        else { throw .page(first, "is not the value it should be") }
    }

    private func visitBig<E: Error>(
        _ first: UInt64, count: Int, failure: (FileDamage) -> E,
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) -> UInt64 {
        let pageCount = pageCount(count)
        do throws(FileDamage) { try pages.use(first, count: pageCount) } catch {
            throw failure(error)
        }
        try reader.withPages(first, count: Int(pageCount), failure: failure) {
            (run) throws(E) in
            do throws(FileDamage) { try Self.check(run, first, pageCount) } catch {
                throw failure(error)
            }
            let start = PageBuffer.headerCount
            unsafe try body(
                unsafe UnsafeRawBufferPointer(rebasing: run.bytes[start..<(start + count)]))
        }
        return pageCount
    }

    /// After every leaf page of every table was visited: holds the totals against what the file
    /// says of itself.
    public func finish() throws(FileDamage) {
        for (name, table) in tables {
            let entries = visitedEntries.withLock { $0[name] ?? 0 }
            let overflow = visitedOverflow.withLock { $0[name] ?? 0 }
            guard entries == table.entries, overflow == table.tree.overflowPages else {
                throw .structure("has other numbers of records than it says")
            }
        }
    }

    /// The number of the commit that the file is at (`WriteTransaction.id`).
    public var transaction: UInt64 { meta.transaction }
}
