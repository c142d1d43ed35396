import Glibc
import VaultDoctor
import VaultSeal

/// A value as a file that an editor can open: the caller's alone, in a directory of its own, and in
/// memory. What editors leave beside it goes with the directory.
final class EditedText {
    /// Where to look for memory, the best place first: of the user's own directory others do not
    /// even see that it has something in it.
    private static var places: [String] {
        [getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }, "/dev/shm"].compactMap(\.self)
            .filter { $0.hasPrefix("/") }
    }

    private static let prefix = "vaultctl-edit"

    let directory: String
    var path: String { directory + "/value" }
    private var isKept = false
    /// Locked for as long as this program runs: a directory without a lock was left behind.
    private let lock: Int32

    init(_ value: borrowing SecretBuffer) throws(CommandFailure) {
        directory = try Self.makeDirectory()
        lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        flock(lock, LOCK_EX | LOCK_NB)
        do throws(CommandFailure) { try write(value) } catch {
            DirectoryTree.remove(directory, wiping: true)
            throw error
        }
    }

    deinit {
        if !isKept { remove() }
        close(lock)
    }

    /// Texts of the same user beside this one that no vaultctl looks after any more: it was killed,
    /// or has kept what it could not store. Not removed, since an editor may still have one open.
    var leftBehind: [String] {
        let place = directory.prefix(upTo: directory.lastIndex(of: "/") ?? directory.endIndex)
        return DirectoryNames.readable(String(place)).filter { $0.hasPrefix(Self.prefix + ".") }
            .map { "\(place)/\($0)" }.filter(Self.isLeftBehind)
    }

    private static func isLeftBehind(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid() else { return false }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    private static func makeDirectory() throws(CommandFailure) -> String {
        for place in places {
            guard let path = DirectoryTree.make(in: place, prefix: prefix) else {
                continue
            }
            // Asked of the directory that there is now, not of what had its name before.
            if case .memory = FileSystemFacts.read(path)?.kind, chmod(path, 0o700) == 0 {
                return path
            }
            rmdir(path)
        }
        throw CommandFailure(
            .failed,
            "no place in memory for the text: \(places.joined(separator: " and ")) "
                + "\(places.count == 1 ? "is" : "are") not one where you may write",
            nextStep: "set XDG_RUNTIME_DIR to a directory of yours on a tmpfs")
    }

    private func write(_ value: borrowing SecretBuffer) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make") }
        defer { close(descriptor) }
        let isWritten = value.withBytes { bytes in
            Glibc.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
        }
        // The umask may have taken the owner's own rights away.
        guard isWritten, fchmod(descriptor, 0o600) == 0 else { throw failure("write") }
    }

    /// What is in the file now, which the editor may have put in the place of the first one.
    func read() throws(CommandFailure) -> SecretBuffer {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read") }
        defer { close(descriptor) }
        return try InputReader.readAll(
            descriptor, limit: PutCommand.valueBytesMax, name: "the text")
    }

    /// Leaves the text for whoever has written it, and nothing else beside it.
    ///
    /// - Returns: whether that worked.
    func keep(_ value: borrowing SecretBuffer) -> Bool {
        remove()
        guard mkdir(directory, 0o700) == 0 else { return false }
        do throws(CommandFailure) { try write(value) } catch { return false }
        isKept = true
        return true
    }

    func remove() { DirectoryTree.remove(directory, wiping: true) }

    private func failure(_ verb: String) -> CommandFailure {
        CommandFailure(
            .failed, "cannot \(verb) the text in \(directory): \(SystemFailure.text(errno))",
            nextStep: "nothing was stored")
    }
}
