/// What one subject may do, put together from all of its users and their roles. Made once for a
/// connection and good until the rules change; a question takes no memory and no lock.
///
/// Questions are asked about the final, plain span of a request, never about its `range_end`.
public final class Rights: Sendable {
    /// May do everything: root, the daemon's user, or whoever has the role "root".
    public let isAdministrator: Bool
    /// Root or the daemon's user, whatever the book says.
    public let isOwner: Bool
    /// The names of the users that the subject is, sorted by their bytes.
    public let users: [String]
    /// The names of those users' roles, each once, sorted by their bytes.
    public let roles: [String]
    /// Some of the users are the subject only because of the systemd service that it is in.
    public let isThroughUnit: Bool

    private let readable: SpanSet
    private let writable: SpanSet
    /// What may be read by name: what is readable, and what is only that.
    private let gettable: SpanSet

    init(users: [AccessUser], roles: [AccessRole], isOwner: Bool, isThroughUnit: Bool) {
        self.isOwner = isOwner
        isAdministrator = isOwner || users.contains(where: \.isRoot)
        self.users = users.map(\.name)
        self.roles = Set(users.flatMap(\.roleNames)).sorted().map(\.text)
        self.isThroughUnit = isThroughUnit
        let permissions = roles.flatMap(\.permissions)
        func spans(_ action: AccessAction) -> SpanSet {
            SpanSet(permissions.filter { $0.kind.includes(action) }.map(\.span))
        }
        readable = spans(.read)
        writable = spans(.write)
        gettable = spans(.get)
    }

    /// The subject is a user of the book.
    public var isKnown: Bool { !users.isEmpty }

    /// Whether all of the span may be read, listed and watched.
    public func mayRead(_ span: KeySpan) -> Bool {
        isAdministrator || readable.contains(span)
    }

    /// Whether all of the span may be put and deleted.
    public func mayWrite(_ span: KeySpan) -> Bool {
        isAdministrator || writable.contains(span)
    }

    /// Whether this one key may be read by its name.
    public func mayGet(_ key: UnsafeRawBufferPointer) -> Bool {
        isAdministrator || gettable.contains(key)
    }

    /// As `mayRead`, of one key: it may be listed and watched, too.
    public func mayRead(_ key: UnsafeRawBufferPointer) -> Bool {
        isAdministrator || readable.contains(key)
    }

    /// As `mayWrite`, of one key.
    public func mayWrite(_ key: UnsafeRawBufferPointer) -> Bool {
        isAdministrator || writable.contains(key)
    }

    /// As `mayWrite`, of all of some keys: see `SpanSet.containsAll`.
    public func mayWriteAll(from first: [UInt8]?, next: ([UInt8]) -> [UInt8]?) -> Bool {
        isAdministrator || writable.containsAll(from: first, next: next)
    }

    /// Whether the action is allowed on the whole span. Getting is for single keys.
    public func may(_ action: AccessAction, _ span: KeySpan) -> Bool {
        switch action {
        case .read: mayRead(span)
        case .write: mayWrite(span)
        case .get: span.isSingleKey && (isAdministrator || gettable.contains(span))
        }
    }

    /// The first keys of the span for which the action is not allowed; nil when all are.
    func firstGap(
        _ action: AccessAction, in span: KeySpan
    ) -> (lower: [UInt8], upper: [UInt8]?)? {
        if isAdministrator { return nil }
        return switch action {
        case .read: readable.firstGap(in: span)
        case .write: writable.firstGap(in: span)
        case .get: gettable.firstGap(in: span)
        }
    }
}
