import VaultSeal

/// Looks for the newest revision that authenticated lines tell of. The first line, which may be
/// half of one, only says what the second follows; the first of a file says itself what it follows.
struct AuditRevisionSearch: ~Copyable {
    private static let field = Array(",\"revision\":".utf8)
    /// Of the largest number.
    private static let digitsMax = 19

    private let keys: AuditKeys
    private var previous: AuditHash?
    private var keyPair = 0
    private var scratch = LineBuffer(capacity: 4096)
    private(set) var newest: Int64?

    init(keys: AuditKeys) {
        self.keys = keys
    }

    /// Takes in the next line, without its newline.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        let line = AuditLine(bytes)
        defer { previous = line.hash }
        // Without a revision, or an older one, it need not be checked.
        guard let revision = Self.revision(line, bytes), revision > newest ?? 0,
            let before = previous ?? line.hash("previousHash"),
            let mac = line.mac, let hash = line.hash,
            line.computedHash(after: before, &scratch) == hash
        else { return }
        let isRight = hash.withBytes { keys.isMAC(mac, of: $0, from: &keyPair) }
        if isRight { newest = revision }
    }

    /// The revision is the last field of what is hashed. Quotes inside of texts are escaped, so no
    /// text can look like it.
    private static func revision(_ line: AuditLine, _ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let end = line.hashedCount else { return nil }
        var start = end
        while start > 0, end - start < digitsMax, isDigit(bytes[start - 1]) { start -= 1 }
        guard start < end, start >= field.count,
            bytes[(start - field.count)..<start].elementsEqual(field)
        else { return nil }
        return Int64(String(decoding: bytes[start..<end], as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
