/// One of the two meta pages: what the file holds as of one commit.
struct FileMeta: Sendable, Equatable {
    static let magic: UInt32 = 0xBEEF_C0DE
    static let version: UInt32 = 1
    /// Magic to transaction id, as it lies behind the page header.
    static let byteCount = 136
    static let noPage = UInt64.max

    /// The record of one tree.
    struct Tree: Sendable, Equatable {
        static let byteCount = 48

        var flags: UInt16
        var depth: Int
        var branchPages: UInt64
        var leafPages: UInt64
        var overflowPages: UInt64
        var entries: UInt64
        var root: UInt64

        init(_ page: PageBuffer, at offset: Int) {
            flags = page.word16(offset + 4)
            depth = Int(page.word16(offset + 6))
            branchPages = page.word64(offset + 8)
            leafPages = page.word64(offset + 16)
            overflowPages = page.word64(offset + 24)
            entries = page.word64(offset + 32)
            root = page.word64(offset + 40)
        }
    }

    var pageSize: Int
    var free: Tree
    var main: Tree
    var lastPage: UInt64
    var transaction: UInt64

    /// Reads and checks a meta page; `page` needs only its first bytes.
    init(_ page: PageBuffer, number: UInt64) throws(FileDamage) {
        guard page.word32(16) == Self.magic else {
            if number == 0 { throw .foreign }
            throw .page(number, "is not a meta page")
        }
        guard page.word32(20) == Self.version else {
            throw .unsupported(version: Int(page.word32(20)))
        }
        guard page.flags == PageBuffer.Flags.meta, page.number == number else {
            throw .page(number, "is not a meta page")
        }
        pageSize = Int(page.word32(40))
        free = Tree(page, at: 40)
        main = Tree(page, at: 88)
        lastPage = page.word64(136)
        transaction = page.word64(144)
        guard (512...65_536).contains(pageSize), pageSize & (pageSize - 1) == 0 else {
            throw .page(number, "names an impossible page size")
        }
        guard lastPage >= 1, lastPage < 1 << 47, transaction < 1 << 62 else {
            throw .page(number, "has impossible numbers")
        }
        // The free list has integer keys; nothing else has a flag.
        guard free.flags == 0x08, main.flags == 0 else {
            throw .page(number, "names tables of an unknown kind")
        }
    }
}
