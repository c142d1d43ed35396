import FoundationEssentials

/// Numbers as people say them.
enum Quantity {
    /// Milliseconds since 1970 as "2026-11-24T08:30:00Z".
    static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1_000)).formatted(.iso8601)
    }

    /// `1536` is "1.5 KiB".
    static func bytes(_ count: Int64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var tenths = count * 10 / 1024
        for unit in ["KiB", "MiB", "GiB"] {
            if tenths < 10240 { return "\(tenths / 10).\(tenths % 10) \(unit)" }
            tenths /= 1024
        }
        return "\(tenths / 10).\(tenths % 10) TiB"
    }

    /// `3700` is "1 h 1 min".
    static func seconds(_ count: Int64) -> String {
        if count < 60 { return "\(count) s" }
        if count < 3600 { return "\(count / 60) min \(count % 60) s" }
        if count < 86400 { return "\(count / 3600) h \(count / 60 % 60) min" }
        return "\(count / 86400) d \(count / 3600 % 24) h"
    }

    /// "1 key", "2 keys".
    static func count(_ count: Int64, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    /// A lease's number as etcd's tools write it, or "-".
    static func lease(_ identifier: Int64) -> String {
        guard identifier != 0 else { return "-" }
        let digits = String(UInt64(bitPattern: identifier), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
