import Glibc
import VaultSeal

/// A fresh directory of ours alone, removed with everything in it.
struct PrivateDirectory: Sendable {
    let path: String

    /// Where such directories are made: `$XDG_RUNTIME_DIR`, or `$TMPDIR`, or `/tmp`.
    static func parent(environment: [String: String]) -> String {
        let candidates = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"]
        return candidates.compactMap { $0 }.first { !$0.isEmpty && access($0, W_OK | X_OK) == 0 }
            ?? "/tmp"
    }

    /// Makes it under `parent`.
    init(environment: [String: String]) throws(DataDirectoryError) {
        let parent = Self.parent(environment: environment)
        var template = Array((parent + "/vaultd-dev-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let base = buffer.baseAddress, let name = mkdtemp(base) else { return nil }
            return String(cString: name)
        }
        guard let made else {
            throw .system(path: parent, operation: "mkdtemp in", errno: errno)
        }
        path = made
    }

    /// Removes the tree; what cannot be removed is left.
    func remove() {
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        // `unlink` first: a symbolic link is removed itself, never what it points to.
        guard unlink(path) != 0 else { return }
        for name in DirectoryNames.readable(path) { remove(path + "/" + name) }
        rmdir(path)
    }
}
