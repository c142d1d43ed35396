/// Sizes and offsets of a sealed record, format 1 (docs/formats.md).
enum RecordFormat {
    static let version: UInt8 = 1
    static let headerCount = 12
    static let nonceCount = 24
    static let tagCount = 16
    /// Where the ciphertext begins.
    static let textOffset = headerCount + nonceCount
    /// Payloads are padded to a multiple of this, so that sizes say little.
    static let step = 64
    /// The payload's length, behind the padding.
    static let lengthCount = 4
    /// Far above any request; keeps a length that was tampered with from meaning anything.
    static let payloadCountMax = 16 << 20
    static let associatedDataCount = 64

    /// Bytes of the padded payload: at least one step.
    static func paddedCount(payloadCount: Int) -> Int {
        max(step, (payloadCount + step - 1) / step * step)
    }

    /// Bytes of the whole record.
    static func sealedCount(payloadCount: Int) -> Int {
        textOffset + paddedCount(payloadCount: payloadCount) + lengthCount + tagCount
    }

    /// Bytes of the padded payload in a record of this size; nil when no payload gives that size.
    static func paddedCount(sealedCount: Int) -> Int? {
        let padded = sealedCount - textOffset - lengthCount - tagCount
        guard padded >= step, padded % step == 0, padded <= payloadCountMax else { return nil }
        return padded
    }
}
