import CLinux
import Glibc

/// The file system that a directory is on.
public struct FileSystemFacts: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case local
        /// Another machine's: locks and memory maps of LMDB do not hold there.
        case network(String)
        /// Gone with the machine's power.
        case memory(String)
        /// Gone with the container whose files it has.
        case layer(String)
    }

    public var kind: Kind
    public var freeBytes: UInt64
    public var totalBytes: UInt64

    public init(kind: Kind, freeBytes: UInt64, totalBytes: UInt64) {
        self.kind = kind
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }

    /// Looks; nil when there is no such directory.
    public static func read(_ directory: String) -> FileSystemFacts? {
        var status = statfs()
        guard statfs(directory, &status) == 0 else { return nil }
        let size = UInt64(status.f_frsize > 0 ? status.f_frsize : status.f_bsize)
        return FileSystemFacts(
            kind: kind(UInt32(truncatingIfNeeded: status.f_type)),
            freeBytes: UInt64(status.f_bavail) * size, totalBytes: UInt64(status.f_blocks) * size)
    }

    /// By the numbers of statfs(2).
    static func kind(_ number: UInt32) -> Kind {
        switch number {
        case 0x6969: .network("NFS")
        case 0xff53_4d42, 0xfe53_4d42, 0x517b: .network("SMB")
        case 0x0102_1997: .network("9P")
        case 0x00c3_6400: .network("Ceph")
        case 0x5346_414f, 0x6b41_4653: .network("AFS")
        case 0x0116_1970: .network("GFS2")
        case 0x7461_636f: .network("OCFS2")
        case 0x6573_5546: .network("FUSE")
        case 0x0102_1994: .memory("tmpfs")
        case 0x8584_58f6: .memory("ramfs")
        case 0x794c_7630: .layer("overlayfs")
        default: .local
        }
    }
}
