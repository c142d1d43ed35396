/// The hashes of the last lines, in memory that does not grow.
struct AuditRecentLines {
    private var lines = [AuditChain.Point](
        repeating: AuditChain.Point(), count: AuditLimits.recentLinesMax)

    mutating func add(_ sequence: UInt64, _ hash: AuditHash) {
        lines[Self.index(sequence)] = AuditChain.Point(sequence: sequence, hash: hash)
    }

    /// Whether this very line was there.
    func has(_ sequence: UInt64, _ hash: AuditHash?) -> Bool {
        let line = lines[Self.index(sequence)]
        return line.sequence == sequence && line.hash == hash
    }

    /// The hash of the line with this number.
    func hash(_ sequence: UInt64) -> AuditHash? {
        let line = lines[Self.index(sequence)]
        return line.sequence == sequence ? line.hash : nil
    }

    /// Whether another line with this number was there.
    func contradicts(_ point: AuditChain.Point) -> Bool {
        let line = lines[Self.index(point.sequence)]
        return point.sequence > 0 && line.sequence == point.sequence && line.hash != point.hash
    }

    private static func index(_ sequence: UInt64) -> Int {
        Int(sequence % UInt64(AuditLimits.recentLinesMax))
    }
}
