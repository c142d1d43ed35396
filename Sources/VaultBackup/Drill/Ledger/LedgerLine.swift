import Sodium

/// One line of the ledger, checked.
///
///     {"schema":"vault.drill/1","kind":"drill","seq":2,"prev":"b2:<64 hex>","time":"...Z",
///      ...fields of the kind...,"sig":"ed25519:<128 hex>"}
///
/// The signature is over everything before `,"sig":`; `prev` is BLAKE2b-256 of the line before,
/// signature and all.
public struct LedgerLine: Equatable, Sendable {
    /// From 1, without gaps.
    public var sequence: Int64
    /// When it was written, milliseconds since 1970.
    public var time: Int64
    public var body: LedgerBody

    static let signatureName = ",\"sig\":\"ed25519:"
    private static let digestCount = 32
    /// What the first line has for `prev`.
    static let noHash = "b2:" + String(repeating: "0", count: 64)

    /// The line as text, without its end.
    func signed(
        previous: String, key: borrowing LedgerKey
    ) throws(BackupError) -> String {
        guard case .object(let members) = body.json else {
            preconditionFailure("a body is an object")
        }
        let own = [
            JSONMember(name: "schema", value: .string(DrillReport.schema)),
            JSONMember(name: "kind", value: .string(body.kind)),
            JSONMember(name: "seq", value: .number(sequence)),
            JSONMember(name: "prev", value: .string(previous)),
            JSONMember(name: "time", value: .string(UTCTime.text(time))),
        ]
        let message = String(JSONValue.object(own + members).text.dropLast())
        let signature = try key.sign(Array(message.utf8))
        return message + Self.signatureName + Hexadecimal.encode(signature) + "\"}"
    }

    /// Reads a line and checks its signature and its place behind `previous`.
    static func read(
        _ bytes: ArraySlice<UInt8>, sequence: Int64, previous: String, publicKey: [UInt8]
    ) throws(JSONError) -> LedgerLine {
        // The signature has a fixed size, so nothing inside the line can pose as its beginning.
        let tailCount = signatureName.utf8.count + 2 * Ed25519.signatureCount + 2
        let tail = bytes.suffix(tailCount)
        guard tail.count == tailCount, tail.starts(with: signatureName.utf8),
            tail.suffix(2).elementsEqual("\"}".utf8),
            let signature = Hexadecimal.decode(
                String(
                    decoding: tail.dropFirst(signatureName.utf8.count).dropLast(2), as: UTF8.self))
        else { throw JSONError(what: "it has no signature") }
        guard Ed25519.verify(signature, of: Array(bytes.dropLast(tailCount)), by: publicKey) else {
            throw JSONError(what: "its signature is not by this key, or it was changed")
        }
        let json = try JSONParser.parse(bytes)
        var fields = JSONFields(reading: json)
        var (kind, found, hash, time) = ("", Int64(0), "", Int64(0))
        try fields.constant("schema", DrillReport.schema)
        try fields.field("kind", &kind)
        try fields.field("seq", &found)
        try fields.field("prev", &hash)
        try fields.time("time", &time)
        guard found == sequence else {
            throw JSONError(what: "it has the number \(found): lines were removed or moved")
        }
        guard hash == previous else {
            throw JSONError(what: "the line before it is another than the one it was written after")
        }
        return LedgerLine(
            sequence: sequence, time: time, body: try LedgerBody(kind: kind, json: json))
    }

    /// What the next line says in `prev`.
    static func hash(of bytes: ArraySlice<UInt8>) -> String {
        var digest = [UInt8](repeating: 0, count: digestCount)
        bytes.withUnsafeBytes { bytes in
            digest.withUnsafeMutableBytes { output in
                KeyedHash.digest(
                    of: bytes, key: UnsafeRawBufferPointer(start: nil, count: 0), into: output)
            }
        }
        return "b2:" + Hexadecimal.encode(digest)
    }
}
