/// What may be done with one range, part by part, so that it can be added to and taken from.
struct KindSet: OptionSet {
    let rawValue: UInt8

    static let read = KindSet(rawValue: 1)
    static let write = KindSet(rawValue: 2)
    static let get = KindSet(rawValue: 4)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ kind: PermissionKind) {
        switch kind {
        case .read: self = .read
        case .write: self = .write
        case .readWrite: self = [.read, .write]
        case .get: self = .get
        }
    }

    init(_ kinds: [PermissionKind]) {
        self = kinds.reduce(into: []) { $0.formUnion(KindSet($1)) }
    }

    /// The fewest permissions that say the same, in the order of a role. Getting by name is part of
    /// reading, so it is said only where there is no reading.
    var kinds: [PermissionKind] {
        if contains(.read) { return contains(.write) ? [.readWrite] : [.read] }
        return (contains(.write) ? [.write] : []) + (contains(.get) ? [.get] : [])
    }
}
