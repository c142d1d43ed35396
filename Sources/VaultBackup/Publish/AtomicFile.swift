import Glibc
import Sodium

/// A file that gets its name only when all of it is on the disk, and is lost whole otherwise.
///
///     .a.vab.0123456789abcdef.tmp   write -> size -> fsync -> rename -> fsync(directory)   a.vab
///
/// Dropped before `publish` has returned, it leaves nothing behind.
public struct AtomicFile: ~Copyable {
    private let files: any BackupFiles
    private let name: String
    private let temporary: String
    private let file: Int32
    private let replacing: Bool
    private var byteCount: Int64 = 0
    /// Of a large file: what was appended and not yet written.
    private let block: WriteBlock?
    /// Blocks go past the page cache.
    private var isDirect = false
    /// Whether there is still something under the temporary name that is ours to remove.
    private var isTemporary = true

    /// Begins a file that will be called `name`.
    ///
    /// - Parameters:
    ///   - expectedBytes: how many will be written, as far as that is known: refused with
    ///     `.noSpace` at once where they do not fit.
    ///   - isLarge: whether it is written past the page cache, where the disk can do that.
    ///   - isShared: whether the group of the directory may read it, where that is one that hands
    ///     its group down.
    ///   - replacing: whether it may take the place of another file. Otherwise `.targetInUse` is
    ///     thrown where the name is taken. A disk that fails is `.inconclusive`.
    public static func begin(
        _ name: String, expectedBytes: Int64 = 0, isLarge: Bool = false, isShared: Bool = false,
        replacing: Bool = false, in files: any BackupFiles
    ) throws(BackupError) -> AtomicFile {
        try check(name, in: files)
        do throws(FileFault) {
            if !replacing, try files.exists(name) {
                throw FileFault(code: EEXIST, call: "create \(name)")
            }
            try checkSpace(expectedBytes, in: files)
            let temporary = TemporaryName.make(for: name)
            let file = try files.patiently { () throws(FileFault) in
                try files.create(temporary)
            }
            let atomic = AtomicFile(
                files: files, name: name, temporary: temporary, file: file, replacing: replacing,
                isLarge: isLarge)
            // Held until the end: who removes leftovers can tell this from one.
            let isOurs = try files.patiently { () throws(FileFault) in try files.lock(file) }
            guard isOurs else { throw FileFault(code: EBUSY, call: "lock \(temporary)") }
            if isShared {
                try files.patiently { () throws(FileFault) in try files.share(file) }
            }
            return atomic
        } catch { throw error.error(in: files.path) }
    }

    /// Writes a whole file.
    public static func write(
        _ bytes: [UInt8], to name: String, isShared: Bool = false, replacing: Bool = false,
        in files: any BackupFiles
    ) throws(BackupError) {
        var file = try begin(
            name, expectedBytes: Int64(bytes.count), isShared: isShared, replacing: replacing,
            in: files)
        let failure: BackupError? = bytes.withUnsafeBytes { buffer in
            do throws(BackupError) {
                try file.append(buffer)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
        try file.publish()
    }

    private init(
        files: any BackupFiles, name: String, temporary: String, file: Int32, replacing: Bool,
        isLarge: Bool
    ) {
        self.files = files
        self.name = name
        self.temporary = temporary
        self.file = file
        self.replacing = replacing
        isDirect = isLarge && files.setDirect(true, file)
        block = isDirect ? WriteBlock() : nil
    }

    deinit {
        // Unlinked before the lock goes with the descriptor.
        if isTemporary { Self.discard(temporary, in: files) }
        files.close(file)
    }

    /// Adds bytes. Throws `.noSpace` or `.inconclusive`; the file is then good for nothing.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(FileFault) {
            if let block {
                var rest = bytes
                while !rest.isEmpty {
                    block.fill(from: &rest)
                    if block.isFull { try write(block) }
                }
            } else {
                try files.writeAll(bytes, to: file)
            }
        } catch { throw error.error(in: files.path) }
        byteCount += Int64(bytes.count)
    }

    private mutating func write(_ block: WriteBlock) throws(FileFault) {
        let (files, file) = (files, file)
        var rest = block.bytes
        if isDirect {
            do throws(FileFault) {
                let count = try files.patiently { () throws(FileFault) in
                    try files.write(rest, to: file)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } catch {
                // A disk with larger sectors than any that is known.
                if error.code != EINVAL { throw error }
            }
            // The rest of a block is none, and goes through the cache, with all that follows.
            if !rest.isEmpty { try writeThroughCache() }
        }
        try files.writeAll(rest, to: file)
        block.removeAll()
    }

    private mutating func writeThroughCache() throws(FileFault) {
        guard isDirect else { return }
        isDirect = false
        guard files.setDirect(false, file) else {
            throw FileFault(code: EIO, call: "write to \(temporary)")
        }
    }

    /// What is left of a large file.
    private mutating func writeLast() throws(FileFault) {
        guard let block, !block.isEmpty else { return }
        try writeThroughCache()
        try write(block)
    }

    /// Gives the file its name. When this returns, a power cut does not take it away again; when
    /// it throws, nothing has the name (or, with `replacing`, what had it before may still).
    ///
    /// - Parameter otherName: asked for another where the name was taken meanwhile; nil to give up.
    public consuming func publish(
        otherName: () -> String? = { nil }
    ) throws(BackupError) {
        do throws(FileFault) {
            try writeLast()
            let (files, file) = (files, file)
            let size = try files.patiently { () throws(FileFault) in try files.size(of: file) }
            guard size == byteCount else {
                throw FileFault(code: EIO, call: "check the size of \(temporary)")
            }
            try files.patiently { () throws(FileFault) in try files.synchronize(file) }
            let name = try rename(otherName)
            isTemporary = false
            do throws(FileFault) {
                try files.patiently { () throws(FileFault) in try files.synchronizeDirectory() }
            } catch {
                // Nobody was told of it, and it could vanish: rather none than perhaps one.
                if !replacing { Self.discard(name, in: files) }
                throw error
            }
        } catch { throw error.error(in: files.path) }
    }

    /// Returns the name that it got.
    private func rename(_ otherName: () -> String?) throws(FileFault) -> String {
        let (files, temporary, replacing) = (files, temporary, replacing)
        var name = name
        for _ in 1...BackupLimits.namesTriedMax {
            do throws(FileFault) {
                try files.patiently { () throws(FileFault) in
                    try files.rename(temporary, to: name, replacing: replacing)
                }
                return name
            } catch {
                guard error.code == EEXIST, let other = otherName() else { throw error }
                name = other
            }
        }
        throw FileFault(code: EEXIST, call: "create \(name)")
    }

    /// Only what is left to try: the failure that led here is the one to report.
    private static func discard(_ name: String, in files: any BackupFiles) {
        do throws(FileFault) {
            try files.patiently { () throws(FileFault) in try files.remove(name) }
        } catch {}
    }

    private static func check(_ name: String, in files: any BackupFiles) throws(BackupError) {
        try BackupError.memory { () throws(SodiumError) in try Sodium.initialize() }
        let isPlain =
            !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == 0x2F || $0 == 0 }
        guard isPlain, name.utf8.count + TemporaryName.extraBytes <= BackupLimits.nameBytesMax
        else {
            throw .inconclusive("\(name) cannot be a file's name; choose a plain, shorter one")
        }
    }

    private static func checkSpace(
        _ byteCount: Int64, in files: any BackupFiles
    ) throws(FileFault) {
        guard byteCount > 0 else { return }
        let free = try files.patiently { () throws(FileFault) in try files.freeBytes() }
        guard free - BackupLimits.reservedBytes >= byteCount else {
            throw FileFault(code: ENOSPC, call: "find room for \(byteCount) bytes")
        }
    }
}
