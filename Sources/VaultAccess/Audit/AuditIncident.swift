/// A line in which vaultd itself says that something was wrong.
public struct AuditIncident: Hashable, Sendable {
    public var file: String
    public var line: Int
    public var sequence: UInt64
    /// What it says, as it stands in the line: escaped as JSON is.
    public var text: String

    /// Nil for all other lines.
    init?(_ line: AuditLine, file: String, line number: Int) {
        guard let event = line.event, let sequence = line.sequence else { return nil }
        switch event {
        case "opened", "trouble":
            guard let reason = line.text("trouble") else { return nil }
            text = reason + (line.number("from").map { ", from line number \($0) on" } ?? "")
        case "started":
            guard let cut = line.number("cut") else { return nil }
            text = "a line was not written to its end; \(cut) bytes were cut off"
        case "damage":
            text =
                "the vault was opened although it is damaged in \(line.number("count") ?? 0) places"
        case "refused-unlogged":
            text = "\(line.number("count") ?? 0) requests were refused without a line"
        default: return nil
        }
        self.file = file
        self.line = number
        self.sequence = sequence
    }
}
