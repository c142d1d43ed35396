import Glibc
import VaultSeal

/// The files that an audit log consists of. The current one is renamed when it is full, to the same
/// name with 20 digits, and a new one begun:
///
///     audit-00000000000000000001.jsonl  audit-00000000000000004711.jsonl  audit.jsonl
struct RotatedLogs: Equatable {
    /// A file that is full, and its path.
    struct File: Equatable {
        let path: String
        let identity: FileIdentity
    }

    private static let digits = 20
    /// Oldest first.
    let files: [File]

    init(_ files: [File]) {
        self.files = files
    }

    /// Those beside a current file, as they are now.
    init(of current: String) throws(CommandFailure) {
        let slash = current.lastIndex(of: "/")
        let directory = slash.map { String(current[...$0]) } ?? "./"
        let name = slash.map { String(current[current.index(after: $0)...]) } ?? current
        self.init(
            Self.names(of: name, in: try Self.entries(of: directory)).compactMap { name in
                let path = directory + name
                return LogFile.identity(at: path).map { File(path: path, identity: $0) }
            })
    }

    /// The names of full files among others, oldest first.
    static func names(of current: String, in names: [String]) -> [String] {
        let dot = current.lastIndex(of: ".") ?? current.endIndex
        let (start, end) = (current[..<dot] + "-", current[dot...])
        return names.filter { name in
            guard name.hasPrefix(start), name.hasSuffix(end) else { return false }
            let number = name.dropFirst(start.count).dropLast(end.count)
            return number.utf8.count == digits
                && number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }.sorted()
    }

    /// The files before one that is read, newest first: all of them when it is none of these.
    func before(_ identity: FileIdentity) -> [File] {
        let index = files.firstIndex { $0.identity == identity } ?? files.endIndex
        return files[..<index].reversed()
    }

    /// What is read after a file that is no longer the current one.
    enum Successor: Equatable {
        /// This one.
        case file(path: String)
        /// The current one.
        case current
        /// The current one, and what was in between cannot be known: the file is gone.
        case currentAfterLoss
    }

    func successor(of identity: FileIdentity) -> Successor {
        guard let index = files.firstIndex(where: { $0.identity == identity }) else {
            return .currentAfterLoss
        }
        let next = files.index(after: index)
        return next < files.endIndex ? .file(path: files[next].path) : .current
    }

    private static func entries(of directory: String) throws(CommandFailure) -> [String] {
        do throws(DirectoryNames.Failure) { return try DirectoryNames.list(directory) } catch {
            // Who may not list it sees the current file alone.
            if error.errno == EACCES { return [] }
            throw CommandFailure(
                .failed, "cannot list \(directory): \(SystemFailure.text(error.errno))",
                nextStep: "look whether it is there and may be read")
        }
    }
}
