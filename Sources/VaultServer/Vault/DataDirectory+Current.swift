import Glibc

extension DataDirectory {
    /// What the directory says of itself; nil when no vault was made in it yet.
    func current() throws(DataDirectoryError) -> CurrentFile? {
        guard contains(.current) else {
            // An init that was cut off left its mark and is begun anew. Without the mark the keys
            // may be of records that somebody still wants.
            if contains(.keyring), !contains(.currentNew) {
                throw .incomplete(path: path(of: .current))
            }
            return nil
        }
        let text = try read(.current, bytesMax: Limits.currentFileBytesMax)
        return try CurrentFile(text: text, path: path(of: .current))
    }

    /// Marks the directory as one whose init is under way, and removes what an earlier one left.
    func beginInit() throws(DataDirectoryError) {
        if contains(.currentNew) {
            for leftover in [DataDirectoryFile.keyring, .records, .readers] {
                try remove(leftover)
            }
        }
        try write("", to: .currentNew)
        try syncDirectory()
    }

    /// Makes the directory a vault, durably.
    func finishInit(_ current: CurrentFile) throws(DataDirectoryError) {
        try write(current.text, to: .currentNew)
        guard rename(path(of: .currentNew), path(of: .current)) == 0 else {
            throw .system(path: path(of: .current), operation: "rename", errno: errno)
        }
        try syncDirectory()
    }

    private func remove(_ file: DataDirectoryFile) throws(DataDirectoryError) {
        guard unlink(path(of: file)) == 0 || errno == ENOENT else {
            throw .system(path: path(of: file), operation: "unlink", errno: errno)
        }
    }

    private func read(
        _ file: DataDirectoryFile, bytesMax: Int
    ) throws(DataDirectoryError) -> String {
        let path = path(of: file)
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, operation: "open", errno: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .system(path: path, operation: "read", errno: errno) }
        guard count <= bytesMax else { throw .damaged(path: path, what: "it is too long") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private func write(_ text: String, to file: DataDirectoryFile) throws(DataDirectoryError) {
        let path = path(of: file)
        let descriptor = open(
            path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(path: path, operation: "open", errno: errno) }
        defer { close(descriptor) }
        let bytes = [UInt8](text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
        else { throw .system(path: path, operation: "write", errno: errno) }
    }

    private func syncDirectory() throws(DataDirectoryError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, operation: "open", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .system(path: path, operation: "sync", errno: errno)
        }
    }
}
