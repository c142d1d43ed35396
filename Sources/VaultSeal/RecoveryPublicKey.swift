import Sodium

/// The public half of a recovery key: what a vault needs to be opened by whoever has the other
/// half. No secret.
///
///     vdr1-04k9m-…-2h8qz        32 bytes and 20 bits of checksum as 14 groups, as shares have them
public struct RecoveryPublicKey: Hashable, Sendable {
    private static let prefix = Array("vdr1".utf8)
    private static let dataSymbols = 52
    private static let checksumSymbols = 4
    private static let groups = (dataSymbols + checksumSymbols) / 4
    /// More than anybody types, with blanks and line ends.
    private static let textCountMax = 1024

    /// The 32 bytes of the X25519 public half.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) {
        precondition(bytes.count == KeyAgreement.keyCount, "a public half has 32 bytes")
        self.bytes = bytes
    }

    /// Reads a public half as it was printed: case, blanks and dashes do not matter, and o, i and
    /// l are taken for 0 and 1. Throws `.invalidSlot`, which says what is wrong.
    public init(text: String) throws(SealError) {
        let symbols = try Self.symbols(of: text)
        let size = ShareAlphabet.groupCount
        var values: [UInt8] = []
        for group in 0..<Self.groups {
            let part = symbols[(size * group)..<(size * group + 4)]
            guard ShareAlphabet.check(part, group: group) == symbols[size * group + 4] else {
                throw .invalidSlot(
                    "group \(group + 1) of the recovery key's public half is mistyped; "
                        + "look at it and give it again")
            }
            values += part
        }
        let bytes = Self.bytes(of: values[..<Self.dataSymbols])
        // Also refuses the bits beyond the last byte, so that a key has one text alone.
        guard Self.values(of: bytes) == values else {
            throw .invalidSlot(
                "the recovery key's public half is mistyped; look at it and give it again")
        }
        self.bytes = bytes
    }

    /// The printed form.
    public var text: String {
        let values = Self.values(of: bytes)
        var text = Self.prefix
        for group in 0..<Self.groups {
            let part = values[(4 * group)..<(4 * group + 4)]
            text.append(UInt8(ascii: "-"))
            text += part.map { ShareAlphabet.symbols[Int($0)] }
            text.append(ShareAlphabet.symbols[Int(ShareAlphabet.check(part, group: group))])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func symbols(of text: String) throws(SealError) -> [UInt8] {
        let malformed = SealError.invalidSlot(
            "that is not the public half of a recovery key, which begins with vdr1-; "
                + "'vaultctl recovery-key show' prints it")
        guard text.utf8.count <= textCountMax else { throw malformed }
        var symbols: [UInt8] = []
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"),
                UInt8(ascii: "\r"):
                continue
            default: break
            }
            guard let value = ShareAlphabet.value(of: character) else { throw malformed }
            symbols.append(value)
        }
        let expected = prefix.compactMap { ShareAlphabet.value(of: $0) }
        guard symbols.starts(with: expected),
            symbols.count == expected.count + groups * ShareAlphabet.groupCount
        else { throw malformed }
        return Array(symbols.dropFirst(expected.count))
    }

    /// The key in fives of bits, and the first 20 bits of its BLAKE2b-256.
    private static func values(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        bytes.withUnsafeBytes { bytes in
            digest.withUnsafeMutableBytes { digest in
                KeyedHash.digest(
                    of: bytes, key: UnsafeRawBufferPointer(start: nil, count: 0), into: digest)
            }
        }
        return symbols(of: bytes, dataSymbols) + symbols(of: digest, checksumSymbols)
    }

    private static func symbols(of bytes: [UInt8], _ count: Int) -> [UInt8] {
        (0..<count).map { index in
            let bit = index * 5
            let high = UInt16(bytes[bit / 8]) << 8
            let low = bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) : 0
            return UInt8(truncatingIfNeeded: (high | low) >> (11 - UInt16(bit % 8))) & 31
        }
    }

    private static func bytes(of symbols: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (bits, pending) = (0, 0)
        for symbol in symbols {
            bits = (bits << 5 | Int(symbol)) & 0xfff
            pending += 5
            if pending >= 8 {
                pending -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> pending))
            }
        }
        return bytes
    }
}
