import Glibc
public import VaultSeal

/// Verifies a log, one file or a series, in memory that does not grow with it. Needs no vault:
/// the chain can be checked by anybody, the MACs with keys.
public struct AuditVerifier: Sendable {
    private let keys: AuditKeys?
    private let headPath: String?

    /// `headPath` is the head to compare the end with; without it the one beside the last file is
    /// taken, when there is one.
    public init(keys: AuditKeys? = nil, headPath: String? = nil) {
        self.keys = keys
        self.headPath = headPath
    }

    /// Reads the files, in whatever order they are given, and says what is wrong with them. Calls
    /// `progress` now and then with the bytes read so far, and those of all files.
    ///
    /// Throws `.system` for a file that cannot be read.
    public func verify(
        _ paths: [String], progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws(AuditError) -> AuditReport {
        let series = try Self.sorted(paths)
        let total = series.reduce(0) { $0 + $1.size }
        var check = AuditChainCheck(keys: keys, files: series.map(\.path))
        var done: Int64 = 0
        for (index, member) in series.enumerated() {
            check.beginFile(index)
            var shown: Int64 = 0
            let torn = try AuditLines.forEach(in: member.file, from: 0) { line, offset in
                check.take(line)
                if offset - shown >= 4 << 20 {
                    shown = offset
                    progress(done + offset, total)
                }
            }
            done += member.size
            progress(done, total)
            let isLast = index == series.count - 1
            let head = isLast ? try head(beside: member.path) : .absent
            check.endFile(tornBytes: torn, isLast: isLast, head: head)
        }
        return check.findings.finished()
    }

    private struct Member {
        var path: String
        var file: AuditFile
        var size: Int64
        /// The number of its first line, or what its name says.
        var first: UInt64
    }

    private static func sorted(_ paths: [String]) throws(AuditError) -> [Member] {
        var series: [Member] = []
        for path in paths {
            guard let file = try open(path) else {
                throw .system(errno: ENOENT, operation: "open \(path)")
            }
            var status = stat()
            guard fstat(file.descriptor, &status) == 0 else {
                throw .system(errno: errno, operation: "stat \(path)")
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw .unsafe("\(path) is not a regular file")
            }
            let name = path.split(separator: "/").last ?? ""
            let first = try AuditTail.firstSequence(of: file)
            series.append(
                Member(
                    path: path, file: file, size: Int64(status.st_size),
                    first: AuditFileName.firstSequence(in: name) ?? first ?? .max))
        }
        return series.sorted { ($0.first, $0.path) < ($1.first, $1.path) }
    }

    private static func open(_ path: String) throws(AuditError) -> AuditFile? {
        // A pipe would make the open wait for a writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(errno: errno, operation: "open \(path)")
        }
        return AuditFile(descriptor: descriptor)
    }

    private func head(beside path: String) throws(AuditError) -> AuditHeadFile {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        guard let file = try Self.open(headPath ?? directory + AuditFileName.head) else {
            return .absent
        }
        return try AuditHead.read(file).map { .found($0) } ?? .damaged
    }
}
