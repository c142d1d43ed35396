@testable import VaultAccess

/// Somebody who knows the format and has no key.
enum Forger {
    /// Makes all hashes from this line on anew.
    static func rehash(_ lines: inout [[UInt8]], from index: Int, keepsMACs: Bool) {
        var scratch = LineBuffer(capacity: 1024)
        var previous = point(of: lines[index - 1])?.hash ?? .zero
        for position in index..<lines.count {
            let bytes = lines[position]
            lines[position] = bytes.withUnsafeBytes { bytes in
                let line = AuditLine(bytes)
                guard let count = line.hashedCount,
                    let hash = line.computedHash(after: previous, &scratch)
                else { return Array(bytes) }
                previous = hash
                var made = LineBuffer(capacity: 1024)
                made.put(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                made.put(",\"hash\":\"")
                hash.withBytes { made.put(hexadecimal: $0) }
                if keepsMACs, let mac = line.mac {
                    made.put("\",\"mac\":\"")
                    mac.withUnsafeBytes { made.put(hexadecimal: $0) }
                }
                made.put("\"}")
                return Array(made.bytes)
            }
        }
    }

    static func point(of line: [UInt8]) -> AuditChain.Point? {
        line.withUnsafeBytes { bytes in
            let line = AuditLine(bytes)
            guard let sequence = line.sequence, let hash = line.hash else { return nil }
            return AuditChain.Point(sequence: sequence, hash: hash)
        }
    }
}
