import Glibc

/// Whole files, without Foundation.
public enum Files {
    /// Everything in the file.
    public static func read(_ path: String) throws -> [UInt8] {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open \(path)") }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw failure("cannot read \(path)") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Everything in the file, as UTF-8.
    public static func text(_ path: String) throws -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Creates or replaces the file.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let descriptor = Glibc.open(path, flags, mode)
        guard descriptor >= 0 else { throw failure("cannot create \(path)") }
        defer { _ = close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw failure("cannot write \(path)") }
            done += count
        }
    }

    /// Creates or replaces the file with UTF-8 text.
    public static func write(_ text: String, to path: String, mode: UInt32 = 0o600) throws {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Copies the regular files of one directory (and of those below it) into a new one.
    public static func copyDirectory(_ source: String, to target: String) throws {
        guard mkdir(target, 0o700) == 0 else { throw failure("cannot create \(target)") }
        for name in try names(in: source) {
            let from = "\(source)/\(name)"
            if isDirectory(from) {
                try copyDirectory(from, to: "\(target)/\(name)")
            } else {
                try write(try read(from), to: "\(target)/\(name)")
            }
        }
    }

    /// The names in a directory, sorted, without `.` and `..`.
    public static func names(in directory: String) throws -> [String] {
        guard let stream = opendir(directory) else { throw failure("cannot list \(directory)") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The paths of all regular files at or below `directory`, sorted.
    public static func allFiles(below directory: String) throws -> [String] {
        try names(in: directory).flatMap { name -> [String] in
            let path = "\(directory)/\(name)"
            return isDirectory(path) ? try allFiles(below: path) : [path]
        }
    }

    /// True when something is at `path`.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// True when a directory is at `path` (not a link to one).
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && (status.st_mode & S_IFMT) == S_IFDIR
    }

    /// The permission bits of the file, or nil without one.
    public static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    static func failure(_ what: String) -> TestFailure {
        TestFailure("\(what): \(String(cString: strerror(errno)))")
    }
}
