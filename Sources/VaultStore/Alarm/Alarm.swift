/// What an operator wants to be seen and obeyed until it is taken back: etcd's `AlarmMember`.
public struct Alarm: Hashable, Sendable {
    /// What is wrong.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// No room: puts, transactions with a put, and new leases are refused.
        case noSpace = 1
        /// The data may be wrong: nothing is changed any more but by time.
        case corrupt = 2
    }

    /// Whom it is about. Any number, 0 too: each is an alarm of its own, as in etcd.
    public var member: UInt64
    public var kind: Kind

    public init(member: UInt64, kind: Kind) {
        self.member = member
        self.kind = kind
    }
}

/// What to do about an alarm.
public enum AlarmChange: Equatable, Sendable {
    /// Raises it; nothing changes when it is raised already.
    case activate(Alarm)
    /// Takes it back. `andComputed`: the alarm that the quota raised by itself is meant as well.
    case deactivate(Alarm, andComputed: Bool)
}

/// The alarm that was meant; nil when there was none to take back.
public struct AlarmResult: Equatable, Sendable {
    public var alarm: Alarm?
    public var revision: Revision

    public init(alarm: Alarm?, revision: Revision) {
        self.alarm = alarm
        self.revision = revision
    }
}
