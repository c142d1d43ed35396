/// Why libsodium could not do what was asked.
public enum SodiumError: Error, Equatable, Sendable {
    /// libsodium could not start: no source of randomness. Nothing can be done in this process.
    case unavailable
    /// Memory was refused. Free some, or raise the limit on address space or the cgroup's.
    case outOfMemory
    /// The memory is there, but `mlock` was refused, so it could be swapped to disk. Raise the
    /// limit of locked memory (`LimitMEMLOCK=` in a unit, `ulimit -l` in a shell).
    case notLocked
    /// The tag does not fit: other key, other associated data, or changed bytes.
    case notAuthentic
    /// A parameter lies outside what the algorithm allows; the text names it.
    case invalidParameter(String)
}
