/// The text of `CURRENT`: which vault, and which of its lives, a data directory holds.
///
///     vaultd 1
///     store 00112233445566778899aabbccddeeff
///     timeline 1
struct CurrentFile: Equatable {
    static let formatVersion = 1

    /// 32 hexadecimal digits.
    var storeID: String
    var timeline: UInt32

    var text: String {
        "vaultd \(Self.formatVersion)\nstore \(storeID)\ntimeline \(timeline)\n"
    }

    init(storeID: String, timeline: UInt32) {
        self.storeID = storeID
        self.timeline = timeline
    }

    init(text: String, path: String) throws(DataDirectoryError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("vaultd "),
            let version = Int(first.dropFirst("vaultd ".count))
        else { throw .damaged(path: path, what: "the first line is not 'vaultd 1'") }
        guard version <= Self.formatVersion else {
            throw .unsupportedFormat(path: path, version: version)
        }
        guard version == Self.formatVersion, lines.count == 4, lines[3].isEmpty,
            lines[1].hasPrefix("store "), lines[1].utf8.count == "store ".count + 32,
            lines[2].hasPrefix("timeline "),
            let timeline = UInt32(lines[2].dropFirst("timeline ".count))
        else { throw .damaged(path: path, what: "the lines 'store' and 'timeline' are not right") }
        storeID = String(lines[1].dropFirst("store ".count))
        self.timeline = timeline
    }
}
