import Glibc

/// Reads a key file for an unseal at start.
enum KeyfileReading {
    static func credential(path: String) throws(DaemonError) -> CredentialBox {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw DaemonError(
                "cannot open key file \(path): \(systemErrorText(errno)); name another --keyfile")
        }
        defer { close(descriptor) }
        try check(descriptor, path)
        // One byte more than there may be tells that the file is too long.
        var bytes = [UInt8](repeating: 0, count: Limits.keyfileBytes + 1)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else {
            throw DaemonError("cannot read key file \(path): \(systemErrorText(errno))")
        }
        bytes.removeLast(bytes.count - count)
        do throws(VaultError) {
            return try CredentialBox(keyfile: &bytes)
        } catch {
            let status = DaemonError(error)
            throw DaemonError("\(path): \(status.description)", exitStatus: status.exitStatus)
        }
    }

    /// Checked on the open file, so that it is the one that is read.
    private static func check(_ descriptor: Int32, _ path: String) throws(DaemonError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw DaemonError("cannot look at key file \(path): \(systemErrorText(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DaemonError("key file \(path) is not a plain file; name another --keyfile")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw DaemonError(
                "key file \(path) belongs to uid \(status.st_uid), wanted uid \(geteuid()); "
                    + "run: chown \(geteuid()) \(path)")
        }
        // systemd 254 and later give a service its credentials through an access list, whose
        // mask is shown where the rights of the group would be.
        let isCredential = status.st_uid == 0 && isCredential(path)
        guard status.st_mode & (isCredential ? 0o037 : 0o077) == 0 else {
            throw DaemonError(
                "key file \(path) can be read by others (mode "
                    + "\(String(status.st_mode & 0o7777, radix: 8))); run: chmod 600 \(path)")
        }
    }
    private static func isCredential(_ path: String) -> Bool {
        guard let directory = getenv("CREDENTIALS_DIRECTORY") else { return false }
        return path.hasPrefix(String(cString: directory) + "/")
    }
}
