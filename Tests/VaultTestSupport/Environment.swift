import Glibc

/// The environment variables that tests listen to.
public enum Environment {
    /// The variable's text, nil when it is not set.
    public static func text(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The variable's number, nil when it is not set.
    public static func number(_ name: String) -> Int? {
        guard let text = text(name), !text.isEmpty else { return nil }
        guard let number = Int(text) else {
            preconditionFailure("\(name) must be a number, not \(text)")
        }
        return number
    }
}
