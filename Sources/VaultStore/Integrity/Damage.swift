/// Something in the data directory that is not what was written.
public struct Damage: Equatable, Sendable {
    /// What was done to it, as far as that can be told.
    public enum Kind: String, Sendable, CaseIterable {
        /// It does not verify where it lies: it was changed, or is another's.
        case changed
        /// It was written and is not there.
        case missing
        /// It is there and was not written.
        case added
        /// It was written, and should have been replaced or removed since.
        case replayed
        /// The file contradicts itself; what lies there cannot be read.
        case structure
        /// Everything is from an earlier time.
        case rolledBack = "rolled back"
    }

    public var kind: Kind
    /// Of the record; 0 where it is none of the log.
    public var revision: Int64
    /// The record's place among the changes of its revision.
    public var sub: UInt32
    /// For people; begins with no capital and says nothing secret.
    public var what: String

    public init(_ kind: Kind, revision: Int64 = 0, sub: UInt32 = 0, _ what: String) {
        self.kind = kind
        self.revision = revision
        self.sub = sub
        self.what = what
    }
}

extension Damage: CustomStringConvertible {
    public var description: String {
        revision == 0
            ? "\(kind.rawValue): \(what)" : "\(kind.rawValue): \(revision).\(sub): \(what)"
    }
}
