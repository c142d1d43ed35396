/// What a rotation has led to.
struct RotationOutcome: Equatable, Sendable {
    /// The data key that seals from now on.
    var dataKey: UInt32
    /// How often the root key was changed.
    var rootKeyChanges: Int
}
