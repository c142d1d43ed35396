internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#endif

/// What LMDB or the file system below it refuses.
public enum LMDBError: Error, Equatable, Sendable {
    /// The file system has no room. Nothing of the transaction was written.
    case diskFull
    /// The address space reserved for the file is used up.
    case mapFull
    /// The key is there already, or is not the last in a table that is appended to.
    case keyExists
    /// The directory is open already in this process.
    case inUse
    /// The environment was closed.
    case closed
    /// LMDB found its file inconsistent.
    case corrupted
    /// Not an LMDB file of a version that the library reads.
    case versionMismatch
    /// More readers at once than there are slots.
    case readersFull
    /// The operating system failed; the number is `errno`.
    case system(Int32)
    /// Any other code of LMDB.
    case other(Int32)

    init(code: Int32) {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: self = .diskFull
        case MDB_MAP_FULL: self = .mapFull
        case MDB_KEYEXIST: self = .keyExists
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC: self = .corrupted
        case MDB_INVALID, MDB_VERSION_MISMATCH: self = .versionMismatch
        case MDB_READERS_FULL: self = .readersFull
        case 1...: self = .system(code)
        default: self = .other(code)
        }
    }

    /// Throws unless LMDB's return code is success.
    static func check(_ code: Int32) throws(LMDBError) {
        if code != MDB_SUCCESS { throw LMDBError(code: code) }
    }
}
