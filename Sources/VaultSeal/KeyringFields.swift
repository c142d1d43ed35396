/// The fields behind the entries of a keyring (docs/formats.md, "Keyring").
struct KeyringFields {
    static let headerCount = 8

    enum Tag {
        static let generation: UInt16 = 1
        static let purposeKeys: UInt16 = 2
        static let lastSlotID: UInt16 = 3
        static let slotSecrets: UInt16 = 4
    }

    private(set) var generation: UInt64 = 0
    private(set) var lastSlotID: UInt32 = 0
    /// Where the first entry begins in the plaintext.
    private(set) var purposeKeys = (start: 0, count: 0)
    /// Where in the plaintext the secret of the slot with an id is.
    private(set) var slotSecrets: [UInt32: Int] = [:]
    static let slotSecretEntryCount = 8 + SlotSecret.count

    /// Bytes of the field with so many secrets of slots; none without.
    static func slotSecretsCount(_ count: Int) -> Int {
        count == 0 ? 0 : headerCount + count * slotSecretEntryCount
    }

    /// Later versions may add fields; of those that this one does not know it checks only that
    /// they fit.
    init(_ bytes: UnsafeRawBufferPointer, start: Int) throws(SealError) {
        var position = start
        while position < bytes.count {
            guard bytes.count - position >= Self.headerCount else {
                throw .damaged(what: "keyring: a field ends early")
            }
            let count = Int(bytes.number(at: position + 4) as UInt32)
            guard bytes.number(at: position + 2) as UInt16 == 0,
                count <= bytes.count - position - Self.headerCount
            else { throw .damaged(what: "keyring: a field ends early") }
            let tag: UInt16 = bytes.number(at: position)
            position += Self.headerCount
            try read(tag, bytes, at: position, count)
            position += count
        }
    }

    private mutating func read(
        _ tag: UInt16, _ bytes: UnsafeRawBufferPointer, at position: Int, _ count: Int
    ) throws(SealError) {
        switch tag {
        case Tag.generation:
            guard count == 8 else { throw .damaged(what: "keyring: its generation does not fit") }
            generation = bytes.number(at: position)
        case Tag.lastSlotID:
            let id: UInt64 = count == 8 ? bytes.number(at: position) : .max
            guard id < UInt32.max else { throw .damaged(what: "keyring: its last slot id") }
            lastSlotID = UInt32(id)
        case Tag.purposeKeys:
            guard count > 0, count % Keyring.dataKeyEntryCount == 0,
                count / Keyring.dataKeyEntryCount <= Keyring.entriesMax
            else { throw .damaged(what: "keyring: its purpose keys do not fit") }
            purposeKeys = (position, count / Keyring.dataKeyEntryCount)
            for index in 0..<purposeKeys.count {
                let number: UInt32 = bytes.number(
                    at: position + index * Keyring.dataKeyEntryCount)
                guard number == index + 1 else {
                    throw .damaged(what: "keyring: its purpose keys are out of order")
                }
            }
        case Tag.slotSecrets: try readSlotSecrets(bytes, at: position, count)
        default: break
        }
    }

    private mutating func readSlotSecrets(
        _ bytes: UnsafeRawBufferPointer, at position: Int, _ count: Int
    ) throws(SealError) {
        let entry = Self.slotSecretEntryCount
        guard count > 0, count % entry == 0, count / entry <= KeyringDocument.slotCountMax else {
            throw .damaged(what: "keyring: its slots' secrets do not fit")
        }
        var last: UInt32 = 0
        for start in stride(from: position, to: position + count, by: entry) {
            let id: UInt32 = bytes.number(at: start)
            guard id > last, bytes.number(at: start + 4) as UInt32 == 0 else {
                throw .damaged(what: "keyring: its slots' secrets are out of order")
            }
            last = id
            slotSecrets[id] = start + 8
        }
    }
}
