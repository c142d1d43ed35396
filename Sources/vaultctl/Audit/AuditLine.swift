import FoundationEssentials

/// One line of the audit log: a request, or something that happened to the log itself. Fields that
/// do not apply are not in the file, and those of newer versions are not read.
struct AuditLine: Decodable, Equatable {
    /// An operation of a transaction.
    struct Operation: Decodable, Equatable {
        var op: String
        var key: String?
        var end: String?
    }

    var seq: UInt64?
    var time: String?
    var uid: UInt32?
    var unit: String?
    var user: String?
    var method: String?
    /// What happened, when the line is about no request.
    var event: String?
    var key: String?
    var end: String?
    var ops: [Operation]?
    /// How many operations a long transaction has beside those.
    var more: UInt64?
    /// The user, principal or role whose rights it is about.
    var target: String?
    var decision: String?
    var status: String?

    /// nil for what is not a line of the log.
    init?(_ bytes: [UInt8]) {
        do {
            self = try JSONDecoder().decode(AuditLine.self, from: Data(bytes))
        } catch {
            return nil
        }
    }

    /// Whether the line names what stands for a key. A range that covers the key cannot be told
    /// from one that does not: hashes have no order.
    func names(_ hash: String) -> Bool {
        key == hash || (ops ?? []).contains { $0.key == hash }
    }

    /// The cells of `AuditListing`'s columns, escaped.
    var cells: [String] {
        [time ?? "-", who, what, keys, decision ?? "-", status ?? "-"]
            .map { TerminalText.escaped($0.utf8) }
    }

    /// Who logged in decides alone; otherwise it is what the kernel says.
    private var who: String {
        var names = user.map { [$0] } ?? uid.map { ["uid:\($0)"] } ?? []
        if let unit { names.append("(\(unit))") }
        return names.isEmpty ? "-" : names.joined(separator: " ")
    }

    /// `KV/Range` of `etcdserverpb.KV/Range`: no two services differ in the package alone.
    private var what: String {
        if let event { return "[\(event)]" }
        guard let method else { return "-" }
        return String(
            method[(method.lastIndex(of: ".").map(method.index(after:)) ?? method.startIndex)...])
    }

    private var keys: String {
        if let ops, !ops.isEmpty {
            let named = ops.map { operation in
                let range = Self.range(operation.key, operation.end)
                return range.map { "\(operation.op) \($0)" } ?? operation.op
            }.joined(separator: ", ")
            return more.map { "\(named) and \($0) more" } ?? named
        }
        let about = [target, Self.range(key, end)].compactMap(\.self)
        return about.isEmpty ? "-" : about.joined(separator: ": ")
    }

    private static func range(_ key: String?, _ end: String?) -> String? {
        guard let key else { return nil }
        return end.map { "\(key) to \($0)" } ?? key
    }
}
