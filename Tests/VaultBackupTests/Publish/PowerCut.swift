import VaultTestSupport

/// A promise that holds after every power cut, and what breaks it.
enum PowerCut {
    /// Makes each state in a directory of its own and gives it to `check`, which says what is wrong
    /// with it. Stops at `limit` broken ones.
    static func broken(
        _ states: some Sequence<CrashState>, limit: Int = .max,
        check: (_ directory: String, CrashState) throws -> String?
    ) throws -> [String] {
        var broken: [String] = []
        for state in states {
            let directory = try TemporaryDirectory()
            try state.write(to: directory.path)
            guard let what = try check(directory.path, state) else { continue }
            broken.append("\(what): \(state.summary)")
            if broken.count == limit { break }
        }
        return broken
    }
}

extension [DiskOperation] {
    /// The fsyncs of a directory; or of the file that is there before, is made as, or is later
    /// renamed or linked to, `name`.
    func synchronizations(
        of name: String, before: [String: [UInt8]] = [:]
    ) -> [DiskOperation] {
        var names: Set = [name]
        for operation in reversed() {
            switch operation {
            case .rename(let from, let to), .link(let from, let to):
                if names.contains(to) { names.insert(from) }
            default: break
            }
        }
        var files = Set(
            before.keys.sorted().enumerated().filter { $0.element == name }.map { -1 - $0.offset })
        for operation in self {
            if case .create(let file, let made) = operation, names.contains(made) {
                files.insert(file)
            }
        }
        return filter { operation in
            switch operation {
            case .synchronize(let file): files.contains(file)
            case .synchronizeDirectory(let directory): directory == name
            default: false
            }
        }
    }
}
