import Glibc

/// A data directory of one test's own, removed with the last reference to it.
final class ScratchDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/vs.XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "/tmp is writable")
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// What is in it, sorted.
    var names: [String] {
        var names: [String] = []
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func mode(_ name: String) -> UInt32 {
        var status = stat()
        precondition(lstat("\(path)/\(name)", &status) == 0, "\(name) is there")
        return status.st_mode & 0o7777
    }

    func write(_ bytes: [UInt8], to name: String) {
        writeFile(bytes, "\(path)/\(name)")
    }

    func read(_ name: String) -> [UInt8] { readFile("\(path)/\(name)") ?? [] }
}

func writeFile(_ bytes: [UInt8], _ path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "\(path) can be written")
    precondition(write(descriptor, bytes, bytes.count) == bytes.count, "a short write")
    close(descriptor)
}

func readFile(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
}
