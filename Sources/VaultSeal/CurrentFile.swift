/// The file `CURRENT` of a data directory: which vault, and which of its lives, it holds. Written
/// last by init and restore, so a directory without it is not startable.
public struct CurrentFile: Hashable, Sendable {
    /// Its name in the data directory.
    public static let name = "CURRENT"
    private static let formatVersion = 1
    private static let byteCountMax = 256

    /// The vault.
    public let storeID: StoreID
    /// The number of its current timeline, 1 or more.
    public let timelineNumber: UInt32

    /// Names a vault and its current timeline.
    public init(storeID: StoreID, timelineNumber: UInt32) {
        precondition(timelineNumber >= 1, "timelines count from 1")
        self.storeID = storeID
        self.timelineNumber = timelineNumber
    }

    /// The file's text.
    public var text: String {
        "vaultd \(Self.formatVersion)\nstore \(storeID)\ntimeline \(timelineNumber)\n"
    }

    /// Reads the text; accepts nothing but what `text` writes.
    public init(text: String) throws(SealError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let version = lines.first.flatMap({ Self.number(in: $0, after: "vaultd ") }) else {
            throw .damaged(what: "CURRENT: the first line is not a format")
        }
        guard version == UInt32(Self.formatVersion) else {
            throw .unsupportedFormat(version: Int(version))
        }
        guard lines.count == 4, lines[3].isEmpty, lines[1].hasPrefix("store "),
            let storeID = StoreID(hexadecimal: lines[1].dropFirst("store ".count)),
            let timelineNumber = Self.number(in: lines[2], after: "timeline "),
            timelineNumber >= 1
        else { throw .damaged(what: "CURRENT: its lines are not what was written") }
        self.init(storeID: storeID, timelineNumber: timelineNumber)
        // Comparing strings would let other code points that look the same pass.
        guard self.text.utf8.elementsEqual(text.utf8) else {
            throw .damaged(what: "CURRENT: its bytes are not what was written")
        }
    }

    /// Reads it from a data directory; nil when there is none.
    public static func read(in directory: String) throws(SealError) -> CurrentFile? {
        let file = DurableFile(directory: directory, name: name)
        guard let bytes = try file.read(limit: byteCountMax) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged(what: "CURRENT: not text")
        }
        return try CurrentFile(text: text)
    }

    /// Writes it to a data directory in place of what is there: atomically, durable on return.
    public func write(in directory: String) throws(SealError) {
        try DurableFile(directory: directory, name: Self.name).replace(Array(text.utf8))
    }

    /// A decimal number without sign or leading zeros.
    private static func number(in line: Substring, after prefix: String) -> UInt32? {
        guard line.hasPrefix(prefix) else { return nil }
        let digits = line.dropFirst(prefix.count)
        guard let number = UInt32(digits), String(number) == digits else { return nil }
        return number
    }
}
