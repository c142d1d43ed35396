import Glibc

/// Waiting for a condition that another process makes true.
public enum Waiting {
    /// Asks `condition` again and again until it is true (and then returns true) or `limit` has
    /// passed.
    public static func until(_ limit: Duration, _ condition: () throws -> Bool) rethrows -> Bool {
        let end = ContinuousClock.now + limit
        while true {
            if try condition() { return true }
            if ContinuousClock.now >= end { return false }
            poll(nil, 0, 1)
        }
    }
}
