import VaultTestSupport

/// What a process did to one directory, from the log of `strace -y`.
///
///     12 openat(3</tmp/d>, ".a", O_WRONLY|O_CREAT|O_EXCL, 0600) = 4</tmp/d/.a>
///     12 write(4</tmp/d/.a>, "text", 4) = 4
struct SyscallTrace {
    /// In order. Written bytes are zeros: only their number is in the log.
    private(set) var operations: [DiskOperation] = []

    private let directory: String
    private var numbers: [String: Int] = [:]
    private var filesMade = 0

    init(_ log: String, directory: String) {
        self.directory = directory
        for line in log.split(separator: "\n") { read(line) }
    }

    /// The arguments of strace that make such a log of everything that publishing calls.
    static func arguments(log: String) -> [String] {
        [
            "-f", "-y", "-s", "512", "-o", log, "-e",
            "trace=openat,open,creat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,"
                + "renameat2,unlink,unlinkat,link,linkat,ftruncate,close",
        ]
    }

    private mutating func read(_ line: Substring) {
        // Signals and the ends of interrupted calls have another form; failed calls do nothing.
        guard let open = line.firstIndex(of: "("), let equals = line.lastIndex(of: "="),
            line.contains(directory), !line.contains("<unfinished")
        else { return }
        let call = line[..<open].split(separator: " ").last.map(String.init) ?? ""
        let result = line[equals...].dropFirst().drop { $0 == " " }
        guard !result.hasPrefix("-1") else { return }
        let names = Self.strings(in: line)
        let first = Self.paths(in: line[open...]).first
        switch call {
        case "openat" where line.contains("O_CREAT"):
            guard let name = names.first else { return }
            numbers[Self.paths(in: result).first ?? ""] = filesMade
            operations.append(.create(file: filesMade, name: name))
            filesMade += 1
        case "write":
            guard let first, let file = numbers[first], let count = Int(result) else { return }
            operations.append(.write(file: file, bytes: [UInt8](repeating: 0, count: count)))
        case "fsync", "fdatasync":
            if first == directory { operations.append(.synchronizeDirectory) }
            guard let first, let file = numbers[first] else { return }
            operations.append(.synchronize(file: file))
        case "renameat2", "renameat":
            guard names.count == 2 else { return }
            operations.append(.rename(from: names[0], to: names[1]))
        case "unlinkat":
            if let name = names.first { operations.append(.remove(name: name)) }
        default: break
        }
    }

    /// The paths behind descriptors: `4</tmp/d/.a>`.
    private static func paths(in text: Substring) -> [String] {
        text.split(separator: "<").dropFirst().compactMap { part in
            part.firstIndex(of: ">").map { String(part[..<$0]) }
        }
    }

    private static func strings(in text: Substring) -> [String] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
    }
}
