/// How much records may take, and the alarm that says that a write was refused for it.
///
/// Unlike etcd's, that alarm goes by itself when there is room again.
struct Quota {
    /// Bytes; 0 or less is no quota.
    let limit: Int64
    /// A write was refused, and would be again.
    private(set) var isAlarmRaised = false
    private var refusedCost: Int64 = 0

    init(limit: Int64) {
        self.limit = limit
    }

    /// Whether a write of `cost` fits beside the `used` bytes. Raises or ends the alarm.
    mutating func admit(_ cost: Int64, used: Int64) -> Bool {
        isAlarmRaised = limit > 0 && used + cost >= limit
        if isAlarmRaised { refusedCost = cost }
        return !isAlarmRaised
    }

    /// Ends the alarm when what was refused would fit now.
    mutating func look(used: Int64) {
        if isAlarmRaised, used + refusedCost < limit { isAlarmRaised = false }
    }

    /// Ends the alarm until the next refusal; false when it is not raised.
    mutating func disarm() -> Bool {
        defer { isAlarmRaised = false }
        return isAlarmRaised
    }
}
