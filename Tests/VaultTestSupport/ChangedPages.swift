#if canImport(Glibc)
    import Glibc
#endif

/// A file of pages as it was, so as to damage what is written to it from then on.
public struct ChangedPages {
    private static let page = 4_096
    private let path: String
    private let before: [UInt8]

    public init(of path: String) throws {
        self.path = path
        before = try Files.read(path)
    }

    /// Changes a byte in the middle of the longest run of pages that are new.
    public func damage() throws {
        let after = try Files.read(path)
        var (run, longest) = (0..<0, 0..<0)
        for start in stride(from: 0, to: after.count, by: Self.page) {
            let end = start + Self.page
            let isSame = end <= before.count && before[start..<end] == after[start..<end]
            run = (isSame ? end : run.lowerBound)..<end
            if run.count > longest.count { longest = run }
        }
        let place = (longest.lowerBound + longest.upperBound) / 2
        // Not written anew: it is mapped.
        guard let file = fopen(path, "r+") else { throw TestFailure("\(path) does not open") }
        defer { fclose(file) }
        guard fseek(file, place, SEEK_SET) == 0, fputc(Int32(after[place] ^ 1), file) >= 0 else {
            throw TestFailure("\(path) cannot be changed")
        }
    }
}
