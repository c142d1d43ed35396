/// A moment of the store's clock: one for each request that changed something. The empty store
/// is at 1.
///
/// Shape and numbering are etcd's main revision.
public struct Revision: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The revision of a store that was never written to.
    public static let initial = Revision(1)

    /// In a query: whatever is current. As a compaction revision: nothing was compacted yet.
    public static let none = Revision(0)

    public static func < (left: Revision, right: Revision) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The revision that the next change gets.
    var next: Revision { Revision(rawValue + 1) }
}

extension Revision: CustomStringConvertible {
    public var description: String { String(rawValue) }
}
