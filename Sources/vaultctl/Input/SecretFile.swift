import Glibc

/// A file that holds a passphrase or a key. One that others may read holds no secret.
enum SecretFile {
    /// More than any passphrase; keeps a wrong path from being read into memory whole.
    static let passphraseBytesMax = 4096

    /// The passphrase in a file; one newline at its end is the editor's, not the passphrase's.
    static func passphrase(at path: String) throws(CommandFailure) -> SecretBuffer {
        try line(at: path, what: "passphrase")
    }

    /// A passphrase, or something like it, in a file.
    static func line(at path: String, what: String) throws(CommandFailure) -> SecretBuffer {
        var secret = try read(path, what: "\(what) file", limit: passphraseBytesMax)
        secret.removeTrailingNewline()
        guard !secret.isEmpty else {
            throw CommandFailure(
                .failed, "\(what) file \(path) is empty", nextStep: "write a \(what) into it")
        }
        return secret
    }

    /// The bytes of a file that only its owner, this user or root, may read.
    static func read(
        _ path: String, what: String, limit: Int
    ) throws(CommandFailure) -> SecretBuffer {
        let descriptor = try InputReader.open(path)
        defer { InputReader.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw CommandFailure(.failed, "cannot read \(path): \(SystemFailure.text(errno))")
        }
        try check(status, path: path, what: what)
        return try InputReader.readAll(descriptor, limit: limit, name: "\(what) \(path)")
    }

    private static func check(
        _ status: stat, path: String, what: String
    ) throws(CommandFailure) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        // Pipes, `<(command)` among them, cannot be opened by others.
        case S_IFIFO, S_IFSOCK: return
        default:
            throw CommandFailure(
                .failed, "\(what) \(path) is not a file", nextStep: "name a file or a pipe")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw CommandFailure(
                .failed, "\(what) \(path) belongs to another user",
                nextStep: "use a file of your own, or run this as its owner")
        }
        // systemd 254 and later give a service its credentials through an access list, whose
        // mask is shown where the rights of the group would be.
        let isCredential = status.st_uid == 0 && isCredential(path)
        guard status.st_mode & (isCredential ? 0o037 : 0o077) == 0 else {
            throw CommandFailure(
                .failed, "\(what) \(path) can be read by others",
                nextStep: "type: chmod 600 \(ShellWord.quoted(path))")
        }
    }
    private static func isCredential(_ path: String) -> Bool {
        guard let directory = getenv("CREDENTIALS_DIRECTORY") else { return false }
        return path.hasPrefix(String(cString: directory) + "/")
    }
}
