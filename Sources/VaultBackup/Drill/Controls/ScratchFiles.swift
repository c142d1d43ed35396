import Glibc
import VaultSeal

/// Files of a drill's scratch directory. Nothing in it outlives the drill, so nothing is synced.
enum ScratchFiles {
    /// What is in memory of a file that is copied, however large it is.
    static let blockBytes = 1 << 20

    static func write(_ bytes: [UInt8], to path: String) throws(BackupError) {
        let descriptor = try create(path)
        defer { close(descriptor) }
        try append(bytes[...], to: descriptor, path)
    }

    /// Copies a file block by block, and changes the copy.
    static func copy(
        _ source: String, to path: String, with edits: [FileEdit] = []
    ) throws(BackupError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure("open", source) }
        defer { close(input) }
        let output = try create(path)
        defer { close(output) }
        var block = [UInt8](repeating: 0, count: blockBytes)
        while true {
            let count = Glibc.read(input, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", source) }
            if count == 0 { break }
            try append(block[..<count], to: output, path)
        }
        for edit in edits {
            guard edit.apply(to: output) else { throw failure("change", path) }
        }
    }

    /// A new file, for reading and writing.
    static func create(_ path: String) throws(BackupError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make", path) }
        return descriptor
    }

    /// Writes all of `bytes`.
    static func append(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: String
    ) throws(BackupError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    static func makeDirectory(_ path: String) throws(BackupError) {
        guard mkdir(path, 0o700) == 0 else { throw failure("make", path) }
    }

    /// The size of a plain file; nil without one.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    static func names(in path: String) throws(BackupError) -> [String] {
        do throws(DirectoryNames.Failure) { return try DirectoryNames.list(path).sorted() } catch {
            throw failure("list", path, error.errno)
        }
    }

    static func remove(_ path: String) {
        for name in DirectoryNames.readable(path) {
            let below = path + "/" + name
            if unlink(below) != 0 { remove(below) }
        }
        rmdir(path)
    }

    static func failure(
        _ what: String, _ path: String, _ number: Int32 = errno
    ) -> BackupError {
        let text = "cannot \(what) \(path): \(ArchiveFile.text(number))"
        return number == ENOSPC || number == EDQUOT
            ? .noSpace("\(text); make room for the drill") : .inconclusive("\(text); see to it")
    }
}
