import VaultTestSupport

/// What a process did below one directory, from the log of `strace -f -y -xx`, in which all text is
/// hexadecimal:
///
///     12 openat(3</d>, ".a", O_WRONLY|O_CREAT|O_EXCL, 0600) = 4</d/.a>
///     12 write(4</d/.a>, "text", 4) = 4
struct SyscallTrace {
    /// In order.
    private(set) var operations: [DiskOperation] = []

    private let directory: String
    /// By name: the numbers of files.
    private var numbers: [String: Int] = [:]
    private var filesMade = 0
    /// Descriptors every write through which is durable at once.
    private var synchronous: Set<Substring> = []
    /// By thread: calls that another thread's came in between of.
    private var unfinished: [Substring: Substring] = [:]

    /// - Parameter before: the names of files that were there.
    init(_ log: String, directory: String, before: some Collection<String> = []) {
        self.directory = directory
        for (index, name) in before.sorted().enumerated() { numbers[name] = -1 - index }
        for line in log.split(separator: "\n") { read(line) }
    }

    /// Runs a program, which must succeed, and notes what it did below `directory`.
    static func of(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        below directory: String, before: some Collection<String> = []
    ) throws -> SyscallTrace {
        let strace = try BuiltPrograms.system("strace", package: "strace")
        let scratch = try TemporaryDirectory()
        let log = scratch.file("log")
        let result = try Program.run(
            strace, Self.arguments(log: log) + [program] + arguments, environment: environment,
            timeout: .seconds(120))
        guard result.status == .exit(0) else { throw TestFailure("\(result)") }
        return SyscallTrace(try Files.text(log), directory: directory, before: before)
    }

    private static func arguments(log: String) -> [String] {
        [
            "-f", "-y", "-xx", "-s", "16777216", "-o", log, "-e",
            "trace=openat,open,creat,write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,"
                + "renameat2,unlink,unlinkat,link,linkat,ftruncate,mkdir,mkdirat,rmdir,close",
        ]
    }

    private mutating func read(_ line: Substring) {
        guard let space = line.firstIndex(of: " ") else { return }
        let (thread, rest) = (line[..<space], line[space...].drop { $0 == " " })
        if rest.hasSuffix("<unfinished ...>") {
            unfinished[thread] = rest.dropLast("<unfinished ...>".count)
        } else if rest.hasPrefix("<... "), let end = rest.firstRange(of: "resumed>") {
            guard let begin = unfinished.removeValue(forKey: thread) else { return }
            take(begin + rest[end.upperBound...])
        } else {
            take(rest)
        }
    }

    private mutating func take(_ line: Substring) {
        // Failed calls do nothing; signals have another form.
        guard let open = line.firstIndex(of: "("), let equals = line.lastIndex(of: "=") else {
            return
        }
        let result = line[equals...].dropFirst().drop { $0 == " " }
        guard !result.hasPrefix("-1"), !result.hasPrefix("?") else { return }
        let arguments = line[open..<equals].dropFirst()
        let descriptor = arguments.prefix { $0.isNumber }
        switch line[..<open] {
        case "openat", "open", "creat": takeOpen(arguments, result)
        case "close": synchronous.remove(descriptor)
        case "write", "pwrite64", "writev", "pwritev", "ftruncate":
            takeChange(String(line[..<open]), arguments, descriptor)
        case "fsync", "fdatasync":
            guard let path = Self.paths(in: arguments).first else { return }
            if let name = name(path), numbers[name] == nil {
                operations.append(.synchronizeDirectory(name: name))
            } else if let number = name(path).flatMap({ numbers[$0] }) {
                operations.append(.synchronize(file: number))
            }
        default: takeNames(String(line[..<open]), arguments)
        }
    }

    private mutating func takeOpen(_ arguments: Substring, _ result: Substring) {
        guard let path = Self.paths(in: result).first, let name = name(path) else { return }
        let descriptor = result.prefix { $0.isNumber }
        if arguments.contains("SYNC") { synchronous.insert(descriptor) }
        guard arguments.contains("O_CREAT"), numbers[name] == nil else { return }
        numbers[name] = filesMade
        operations.append(.create(file: filesMade, name: name))
        filesMade += 1
    }

    private mutating func takeChange(
        _ call: String, _ arguments: Substring, _ descriptor: Substring
    ) {
        guard let path = Self.paths(in: arguments).first, let name = name(path),
            let file = numbers[name]
        else { return }
        let words = arguments.split { ", )".contains($0) }
        let last = words.last.flatMap { Int($0) } ?? 0
        let bytes = Self.strings(in: arguments).flatMap { $0 }
        switch call {
        case "write", "writev": operations.append(.write(file: file, bytes: bytes))
        case "ftruncate": operations.append(.resize(file: file, to: last))
        default: operations.append(.write(file: file, at: last, bytes: bytes))
        }
        if synchronous.contains(descriptor) { operations.append(.synchronize(file: file)) }
    }

    private mutating func takeNames(_ call: String, _ arguments: Substring) {
        let names = Self.names(in: arguments).compactMap { name($0) }
        guard let first = names.first, let last = names.last else { return }
        switch call {
        case "mkdir", "mkdirat": operations.append(.makeDirectory(name: first))
        case "unlink", "unlinkat", "rmdir":
            numbers[first] = nil
            operations.append(.remove(name: first))
        case "link", "linkat":
            numbers[last] = numbers[first]
            operations.append(.link(from: first, to: last))
        case "rename", "renameat", "renameat2":
            numbers[last] = numbers.removeValue(forKey: first)
            operations.append(.rename(from: first, to: last))
        default: break
        }
    }

    /// A path below the directory without it; "" for itself, nil for others.
    private func name(_ path: String) -> String? {
        if path == directory { return "" }
        guard path.hasPrefix(directory + "/") else { return nil }
        return String(path.dropFirst(directory.count + 1))
    }

    /// The paths that names in arguments mean: absolute, or below the descriptor before them.
    private static func names(in arguments: Substring) -> [String] {
        var base = ""
        return arguments.split(separator: ",").compactMap { argument in
            if let path = paths(in: argument).first { base = path }
            guard let bytes = strings(in: argument).first else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            return text.hasPrefix("/") ? text : "\(base)/\(text)"
        }
    }

    /// The paths behind descriptors: `4</d/.a>`.
    private static func paths(in text: Substring) -> [String] {
        text.split(separator: "<").dropFirst().compactMap { part in
            part.firstIndex(of: ">").map { String(decoding: bytes(part[..<$0]), as: UTF8.self) }
        }
    }

    private static func strings(in text: Substring) -> [[UInt8]] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count, by: 2).map { bytes(parts[$0]) }
    }

    /// `\x61\x62` are two bytes.
    private static func bytes(_ text: Substring) -> [UInt8] {
        text.utf8.split(separator: UInt8(ascii: "\\")).compactMap { digits in
            UInt8(String(decoding: digits.dropFirst(), as: UTF8.self), radix: 16)
        }
    }
}
