import Glibc

/// The environment that the process was started with.
enum Environment {
    static var current: [String: String] {
        var result: [String: String] = [:]
        var pointer = environ
        // SAFETY: `environ` ends with a null pointer, and nothing here changes the environment.
        while let entry = pointer.pointee {
            let parts = String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
            pointer += 1
        }
        return result
    }
}
