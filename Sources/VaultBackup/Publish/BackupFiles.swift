import Glibc

/// The calls on the files of one directory that publishing is made of: each is one system call,
/// so that a test can fail, cut or record every one of them.
///
/// Files are named by descriptors that `create` and `open` give and `close` takes back. Writes
/// may be short and every call may say `EINTR`; callers go on.
public protocol BackupFiles: AnyObject {
    /// The directory, for messages.
    var path: String { get }

    /// Makes a file of mode 0600 that did not exist, for writing.
    func create(_ name: String) throws(FileFault) -> Int32

    /// Lets the group of the directory read a file that was made in it, where the directory hands
    /// its group down (set-group-ID) and can be read by it; does nothing anywhere else.
    func share(_ file: Int32) throws(FileFault)

    /// Opens a plain file, never a link, to read it and, with `appending`, to write at its end.
    func open(_ name: String, appending: Bool) throws(FileFault) -> Int32

    /// Takes the file for this descriptor, until that is closed; false when another has it.
    func lock(_ file: Int32) throws(FileFault) -> Bool

    /// Writes from the start of `bytes`, and returns how many were.
    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(FileFault) -> Int

    /// Up to `count` bytes at `offset`; none at the end.
    func read(_ file: Int32, at offset: Int64, count: Int) throws(FileFault) -> [UInt8]

    /// Bytes of the file.
    func size(of file: Int32) throws(FileFault) -> Int64

    /// Whether only this user can use the file, and by this name only.
    func isPrivate(_ file: Int32) throws(FileFault) -> Bool

    /// Cuts the file off.
    func truncate(_ file: Int32, to size: Int64) throws(FileFault)

    /// Returns when the file's bytes are on the disk.
    func synchronize(_ file: Int32) throws(FileFault)

    /// Lets writes go past the memory that the system keeps of files, or through it again; false
    /// where it cannot. Past it, only whole `WriteBlock`s can be written.
    func setDirect(_ isDirect: Bool, _ file: Int32) -> Bool

    /// Gives a descriptor back.
    func close(_ file: Int32)

    /// Renames a file; without `replacing`, fails with `EEXIST` where the new name is taken.
    func rename(_ name: String, to target: String, replacing: Bool) throws(FileFault)

    /// Removes a name.
    func remove(_ name: String) throws(FileFault)

    /// Returns when the directory's names are on the disk.
    func synchronizeDirectory() throws(FileFault)

    /// All names in the directory, sorted, without `.` and `..`.
    func names() throws(FileFault) -> [String]

    /// Bytes that this user may still write.
    func freeBytes() throws(FileFault) -> Int64
}

extension BackupFiles {
    public func share(_ file: Int32) throws(FileFault) {}

    public func setDirect(_ isDirect: Bool, _ file: Int32) -> Bool { false }

    /// Does `call` again while a signal interrupts it, within reason.
    func patiently<R>(_ call: () throws(FileFault) -> R) throws(FileFault) -> R {
        for _ in 0..<BackupLimits.interruptionsMax {
            do throws(FileFault) {
                return try call()
            } catch {
                if error.code != EINTR { throw error }
            }
        }
        return try call()
    }

    /// Writes everything to a file.
    func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(FileFault) {
        var rest = bytes
        while !rest.isEmpty {
            let some = rest
            let count = try patiently { () throws(FileFault) in try write(some, to: file) }
            guard count > 0 else { throw FileFault(code: EIO, call: "write") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// The whole of an open file, which has `limit` bytes at most (`EFBIG` when it has more).
    func readAll(_ file: Int32, limit: Int) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let offset = Int64(bytes.count)
            let some = try patiently { () throws(FileFault) in
                try read(file, at: offset, count: BackupLimits.readBytes)
            }
            if some.isEmpty { return bytes }
            bytes += some
            guard bytes.count <= limit else { throw FileFault(code: EFBIG, call: "read") }
        }
    }

    /// The whole of a file by name; nil when there is none.
    func contents(of name: String, limit: Int) throws(FileFault) -> [UInt8]? {
        let file: Int32
        do throws(FileFault) {
            file = try patiently { () throws(FileFault) in try open(name, appending: false) }
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        defer { close(file) }
        return try readAll(file, limit: limit)
    }

    /// Whether something has the name, be it a file or not.
    func exists(_ name: String) throws(FileFault) -> Bool {
        do throws(FileFault) {
            close(try patiently { () throws(FileFault) in try open(name, appending: false) })
            return true
        } catch {
            if error.code == ENOENT { return false }
            // A link; a directory or a pipe.
            if error.code == ELOOP || error.code == EINVAL || error.code == EISDIR { return true }
            throw error
        }
    }
}
