public import VaultSeal

/// What is remembered outside of the log's directory, for the day when all of that is gone.
extension AuditLog {
    /// The number of the last line with a MAC, once it and the head that says so are on the disk;
    /// nil while something is wrong. It waits for the disk: never call it on an event loop.
    public func durableSequence() -> UInt64? {
        guard let place = place() else { return nil }
        for file in [place.file, place.head] where !synchronize(file, place.disk) { return nil }
        return place.sequence
    }

    /// Holds the log, as it was when it was opened, against the number that is remembered, once.
    /// A log that is older, or another, is left to whoever looks at it: a new file begins, and
    /// only administrators are served until one of them has it go on.
    public func compare(
        withRemembered sequence: UInt64, _ keys: AuditKeys, now: Int64
    ) throws(AuditError) {
        try change { (writer) throws(AuditError) in
            guard !writer.isCompared else { return }
            writer.isCompared = true
            guard let known = writer.reach(keys), known < sequence else { return }
            do throws(AuditError) {
                try writer.breakOff(AuditTrouble(kind: .forgotten, from: known + 1), now: now)
            } catch {
                throw writer.fail(error)
            }
        }
    }
}
