/// What a test's surroundings could not do, in one sentence.
public struct TestFailure: Error, CustomStringConvertible, Sendable {
    /// The sentence.
    public let description: String

    /// - Parameter description: what was wanted, what happened, and what to do about it.
    public init(_ description: String) { self.description = description }
}
