import VaultStore

/// A rule of retention as the configuration writes it: "app/ versions=10 for=30d".
enum RetentionText {
    static let allowed =
        "a prefix, and versions=N or for=TIME or both after it, such as 'app/ versions=10 for=30d'"

    static func rule(_ text: String) -> RetentionRule? {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        var (versions, duration): (Int?, Int64?)
        while let word = words.last, words.count > 1 {
            if word.hasPrefix("versions="), versions == nil {
                guard let count = Int(word.dropFirst(9)), (1...1_000_000).contains(count) else {
                    return nil
                }
                versions = count
            } else if word.hasPrefix("for="), duration == nil {
                guard let time = DurationText.milliseconds(String(word.dropFirst(4))) else {
                    return nil
                }
                duration = time
            } else {
                break
            }
            words.removeLast()
        }
        guard versions != nil || duration != nil else { return nil }
        let prefix = words.joined(separator: " ")
        return RetentionRule(
            prefix: Bytes(prefix.utf8), versions: versions ?? 0, duration: duration ?? 0)
    }
}
