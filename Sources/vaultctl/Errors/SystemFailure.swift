import Glibc

/// The system's own words for an errno.
enum SystemFailure {
    static func text(_ code: Int32) -> String {
        let text = String(cString: strerror(code))
        return CommandFailure.lowercasedFirst(text)
    }
}
