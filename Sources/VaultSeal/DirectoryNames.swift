import Glibc

/// What is in a directory. In this target because all that list one import it.
package enum DirectoryNames {
    /// The directory cannot be opened, or not be read to its end.
    package struct Failure: Error {
        package let errno: Int32
        /// What was read before that.
        let found: [String]
    }

    /// The names in no order, without "." and ".."; those that are wanted, and `countMax` at most.
    ///
    /// - Parameter place: a descriptor of the directory that a relative path starts from.
    package static func list(
        _ path: String, at place: Int32 = AT_FDCWD, countMax: Int = .max,
        where isWanted: (String) -> Bool = { _ in true }
    ) throws(Failure) -> [String] {
        let descriptor = openat(place, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno: Glibc.errno, found: []) }
        guard let stream = fdopendir(descriptor) else {
            let number = Glibc.errno
            close(descriptor)
            throw Failure(errno: number, found: [])
        }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < countMax {
            // The end and an error differ in this alone.
            Glibc.errno = 0
            guard let entry = readdir(stream) else {
                guard Glibc.errno == 0 else { throw Failure(errno: Glibc.errno, found: names) }
                break
            }
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != "..", isWanted(name) { names.append(name) }
        }
        return names
    }

    /// As many as can be read, for whoever removes what it can.
    package static func readable(_ path: String) -> [String] {
        do throws(Failure) { return try list(path) } catch { return error.found }
    }
}
