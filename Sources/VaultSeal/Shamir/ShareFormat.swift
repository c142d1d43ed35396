import Sodium

/// The printed form of a share (docs/formats.md, "Share"): 40 bytes and 20 bits of checksum as 17
/// groups.
///
///     vds1-04k9m-…-…-2h8qz        version, set, threshold, count, index, value, checksum
enum ShareFormat {
    static let prefix = Array("vds1".utf8)
    static let byteCount = 40
    static let valueOffset = 8
    private static let dataSymbols = byteCount * 8 / 5
    private static let checksumSymbols = 4
    static let groups = (dataSymbols + checksumSymbols) / 4
    /// Every group with a dash before it.
    static let textCount = prefix.count + groups * (ShareAlphabet.groupCount + 1)
    /// More than anybody types, with spaces and line ends.
    static let inputCountMax = 1024

    /// Writes the text of `bytes`, which has `byteCount`, to `output`, which has `textCount`.
    static func write(
        _ bytes: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4 * groups) { symbols in
            defer { wipe(UnsafeMutableRawBufferPointer(symbols)) }
            for index in 0..<dataSymbols { symbols[index] = symbol(bytes, index) }
            putChecksum(of: bytes, to: symbols)
            for index in prefix.indices { output[index] = prefix[index] }
            var offset = prefix.count
            for group in 0..<groups {
                let values = symbols[(4 * group)..<(4 * group + 4)]
                output[offset] = UInt8(ascii: "-")
                for (index, value) in values.enumerated() {
                    output[offset + 1 + index] = ShareAlphabet.symbols[Int(value)]
                }
                let check = ShareAlphabet.check(values, group: group)
                output[offset + 5] = ShareAlphabet.symbols[Int(check)]
                offset += 6
            }
        }
    }

    /// Reads what was typed into `bytes`, which has `byteCount`.
    static func read(
        _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer
    ) throws(ShareError) {
        guard text.count <= inputCountMax else { throw .malformed }
        let outcome: Result<Void, ShareError> = withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: inputCountMax
        ) { symbols in
            symbols.initialize(repeating: 0)
            defer { wipe(UnsafeMutableRawBufferPointer(symbols)) }
            return Result { () throws(ShareError) in
                let count = try collect(text, into: symbols)
                try decode(UnsafeMutableBufferPointer(rebasing: symbols[..<count]), into: bytes)
            }
        }
        try outcome.get()
    }

    /// The values of the characters behind the prefix; dashes and blanks are for people.
    private static func collect(
        _ text: UnsafeRawBufferPointer, into symbols: UnsafeMutableBufferPointer<UInt8>
    ) throws(ShareError) -> Int {
        var count = 0
        var prefixLeft = prefix[...]
        for character in text {
            switch character {
            case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"),
                UInt8(ascii: "\r"):
                continue
            default: break
            }
            guard let value = ShareAlphabet.value(of: character) else { throw .malformed }
            if let expected = prefixLeft.first {
                guard value == ShareAlphabet.value(of: expected) else {
                    // `vds` and another number is a share, but not one that is known here.
                    throw prefixLeft.count == 1 ? .unsupportedVersion : .malformed
                }
                prefixLeft = prefixLeft.dropFirst()
            } else {
                symbols[count] = value
                count += 1
            }
        }
        guard count == groups * ShareAlphabet.groupCount else { throw .malformed }
        return count
    }

    private static func decode(
        _ symbols: UnsafeMutableBufferPointer<UInt8>, into bytes: UnsafeMutableRawBufferPointer
    ) throws(ShareError) {
        let size = ShareAlphabet.groupCount
        let wrong = (0..<groups).filter { group in
            let values = symbols[(size * group)..<(size * group + 4)]
            return ShareAlphabet.check(values, group: group) != symbols[size * group + 4]
        }
        guard wrong.isEmpty else { throw .mistyped(groups: wrong.map { $0 + 1 }) }
        // Close the gaps that the checks leave.
        for index in 0..<(4 * groups) { symbols[index] = symbols[index / 4 * size + index % 4] }
        for index in 0..<byteCount { bytes[index] = byte(symbols, index) }
        let isWhole = withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: 4 * groups
        ) { own in
            own.initialize(repeating: 0)
            putChecksum(of: UnsafeRawBufferPointer(bytes), to: own)
            return own[dataSymbols...].elementsEqual(symbols[dataSymbols..<(4 * groups)])
        }
        guard isWhole else {
            wipe(bytes)
            throw .mistyped(groups: [])
        }
    }

    /// The first 20 bits of BLAKE2b-256.
    private static func putChecksum(
        of bytes: UnsafeRawBufferPointer, to symbols: UnsafeMutableBufferPointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            KeyedHash.digest(
                of: bytes, key: UnsafeRawBufferPointer(start: nil, count: 0), into: digest)
            for index in 0..<checksumSymbols {
                symbols[dataSymbols + index] = symbol(UnsafeRawBufferPointer(digest), index)
            }
        }
    }

    /// Five bits, the highest first.
    private static func symbol(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt8 {
        let bit = index * 5
        let high = UInt16(bytes[bit / 8]) << 8
        let low = bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) : 0
        return UInt8(truncatingIfNeeded: (high | low) >> (11 - UInt16(bit % 8))) & 31
    }

    /// Eight bits of five-bit symbols.
    private static func byte(_ symbols: UnsafeMutableBufferPointer<UInt8>, _ index: Int) -> UInt8 {
        var byte: UInt8 = 0
        for bit in (index * 8)..<(index * 8 + 8) {
            byte = byte << 1 | (symbols[bit / 5] >> UInt8(4 - bit % 5)) & 1
        }
        return byte
    }
}
