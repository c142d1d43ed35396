/// A key that is not what it was.
public struct KeyDifference: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// It was there, and is not.
        case missing
        /// It had another value.
        case changed
        /// It is there, and was not.
        case newer
    }

    public var key: [UInt8]
    public var kind: Kind
    /// The revision of its last change in the vault as it is; 0 when it is not there.
    public var liveRevision: Int64
    /// The lease that it hung on; 0 for none.
    public var lease: Int64 = 0
    /// Where its value is in the archives; unused for one that is newer.
    var place = ArchivePlace(main: 0, sub: 0)

    public init(key: [UInt8], kind: Kind, liveRevision: Int64, lease: Int64 = 0) {
        self.key = key
        self.kind = kind
        self.liveRevision = liveRevision
        self.lease = lease
    }
}
