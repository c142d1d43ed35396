/// Whose turn a write takes. The store knows no users: who asks it gives each of theirs a number.
public struct Lane: Hashable, Sendable {
    private let number: UInt32?

    /// What nobody asked for: the vault's own.
    public static let own = Lane()

    private init() { number = nil }

    /// One of those that are served in turns.
    public init(_ number: UInt32) { self.number = number }
}
