public import Sodium

/// Why a share was refused. What was given before stays good.
public enum ShareError: Error, Equatable, Sendable {
    /// Not a share at all: it does not begin with `vds`, or has too few or other characters.
    case malformed
    /// Typed wrong: the groups with these numbers, from 1, do not fit their last character. Empty
    /// when each does and only the whole does not.
    case mistyped(groups: [Int])
    /// Of a vaultd that is newer than this one.
    case unsupportedVersion
    /// Of another set: another vault's, or one that was replaced.
    case otherSet(expected: UInt32, given: UInt32)
    /// The share with this index was given already.
    case repeated(index: UInt8)
    /// No guarded memory.
    case memory(SodiumError)
}
