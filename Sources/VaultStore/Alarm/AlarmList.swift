/// The alarms that an operator raised, as the sealed head keeps them.
struct AlarmList: Equatable, Sendable {
    /// A kind and a member.
    private static let itemCount = 9

    private(set) var alarms: [Alarm] = []

    func contains(_ kind: Alarm.Kind) -> Bool { alarms.contains { $0.kind == kind } }

    /// False when there are as many as there may be.
    mutating func insert(_ alarm: Alarm) -> Bool {
        guard !alarms.contains(alarm) else { return true }
        guard alarms.count < Limits.alarmsMax else { return false }
        alarms.append(alarm)
        // By kind and member, so that equal lists have equal bytes.
        alarms.sort { ($0.kind.rawValue, $0.member) < ($1.kind.rawValue, $1.member) }
        return true
    }

    /// False when there was none.
    mutating func remove(_ alarm: Alarm) -> Bool {
        guard let place = alarms.firstIndex(of: alarm) else { return false }
        alarms.remove(at: place)
        return true
    }

    /// One bit a kind, for the head's flags: bit 0 is NOSPACE, bit 1 CORRUPT.
    var flags: UInt8 { alarms.reduce(0) { $0 | 1 << ($1.kind.rawValue - 1) } }

    func encode() -> Bytes {
        alarms.flatMap { alarm in
            [alarm.kind.rawValue]
                + withUnsafeBytes(of: alarm.member.littleEndian) { Bytes($0) }
        }
    }

    /// nil when the bytes are not a list that was written.
    init?(_ input: UnsafeRawBufferPointer) {
        guard input.count % Self.itemCount == 0 else { return nil }
        for start in stride(from: 0, to: input.count, by: Self.itemCount) {
            guard let kind = Alarm.Kind(rawValue: input[start]) else { return nil }
            let member = input.loadUnaligned(fromByteOffset: start + 1, as: UInt64.self)
            guard insert(Alarm(member: UInt64(littleEndian: member), kind: kind)) else {
                return nil
            }
        }
        guard alarms.count == input.count / Self.itemCount else { return nil }
    }

    init() {}
}
