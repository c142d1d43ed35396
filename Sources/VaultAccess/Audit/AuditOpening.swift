import VaultSeal

/// What the first line of a file says.
struct AuditOpening {
    static let formatVersion = 1

    var storeID: StoreID
    /// Whether the vault is sealed now; otherwise every line from this one on has a MAC.
    var isSealed: Bool
    /// The file before: its name in the directory.
    var previous: String?
    /// The last line before this one, when there is one.
    var previousPoint = AuditChain.Point()
    /// Why this file was begun, when it was not by rotation.
    var trouble: AuditTrouble?
    /// The newest revision of the store that lines before told of: who looks for it need not look
    /// further back.
    var revision: Int64?

    func write(to line: inout LineBuffer) {
        line.put(",\"format\":")
        line.put(decimal: UInt64(Self.formatVersion))
        line.put(",\"store\":\"")
        storeID.bytes.withUnsafeBytes { line.put(hexadecimal: $0) }
        line.put(isSealed ? "\",\"sealed\":true" : "\",\"sealed\":false")
        if previousPoint.sequence > 0 {
            line.put(",\"previous\":\"")
            line.put(escaped: previous ?? "", bytesMax: AuditLimits.nameBytesMax)
            line.put("\",\"previousSeq\":")
            line.put(decimal: previousPoint.sequence)
            line.put(",\"previousHash\":\"")
            previousPoint.hash.withBytes { line.put(hexadecimal: $0) }
            line.put(byte: UInt8(ascii: "\""))
        }
        if let trouble { AuditEvent.write(trouble.reason, trouble.from, to: &line) }
        guard let revision else { return }
        line.put(",\"revision\":")
        line.put(decimal: revision)
    }
}
