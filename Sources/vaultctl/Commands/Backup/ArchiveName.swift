import Glibc

/// Where an archive goes: a directory, and a name in it.
struct ArchiveName: Equatable {
    static let suffix = ".vab"

    let directory: String
    let name: String

    var path: String { directory == "." ? name : directory + "/" + name }

    init(path: String) {
        guard let slash = path.lastIndex(of: "/") else {
            (directory, name) = (".", path)
            return
        }
        let parent = String(path[..<slash])
        directory = parent.isEmpty ? "/" : parent
        name = String(path[path.index(after: slash)...])
    }

    /// How far from the clock a name may be: an archive takes a few milliseconds at least, and
    /// nobody makes more than these in a row.
    private static let secondsAheadMax = 3_600

    /// The name of the first second from `time` on that no archive of either kind has: names sort
    /// as the archives were made, also where two are made within a second.
    static func free(in directory: String, isFull: Bool, from time: Int) -> ArchiveName {
        let free = (time..<time + secondsAheadMax).first { second in
            ![true, false].contains { isFull in
                access(ArchiveName(in: directory, isFull: isFull, time: second).path, F_OK) == 0
            }
        }
        return ArchiveName(in: directory, isFull: isFull, time: free ?? time)
    }

    /// A name that sorts by time: `vault-20261129T224500Z-full.vab`.
    init(in directory: String, isFull: Bool, time: Int) {
        var (seconds, parts) = (time, tm())
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int32, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date =
            digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2)
            + digits(parts.tm_mday, 2)
        let clock = digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2)
        self.directory = directory
        name = "vault-\(date)T\(clock)Z-\(isFull ? "full" : "part")\(Self.suffix)"
    }
}
