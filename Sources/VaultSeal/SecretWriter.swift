import Sodium

/// Builds the plaintext of a keyring in guarded memory that was taken for it.
struct SecretWriter {
    // SAFETY: the caller's guarded memory; the writer lives inside its `withMutableBytes`.
    private let output: UnsafeMutableRawBufferPointer
    private var position = 0

    init(_ output: UnsafeMutableRawBufferPointer) {
        self.output = output
    }

    var isAtEnd: Bool { position == output.count }

    mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        precondition(position + MemoryLayout<Number>.size <= output.count, "it fits")
        output.set(number, at: position)
        position += MemoryLayout<Number>.size
    }

    mutating func putField(_ tag: UInt16, count: Int) {
        put(tag)
        put(UInt16(0))
        put(UInt32(count))
    }

    mutating func putKey(_ number: UInt32, _ created: UInt64, _ key: UnsafeRawBufferPointer) {
        putKeyHead(number, created)
        output.part(position, Keyring.dataKeyCount).copyMemory(from: key)
        position += Keyring.dataKeyCount
    }

    mutating func putNewKey(_ number: UInt32, _ created: UInt64) {
        putKeyHead(number, created)
        Random.fill(output.part(position, Keyring.dataKeyCount))
        position += Keyring.dataKeyCount
    }

    /// The field of the slots' secrets, if there are any.
    mutating func put(_ secrets: [(id: UInt32, secret: SlotSecret)]) {
        guard !secrets.isEmpty else { return }
        putField(
            KeyringFields.Tag.slotSecrets,
            count: secrets.count * KeyringFields.slotSecretEntryCount)
        for (id, secret) in secrets {
            put(id)
            put(UInt32(0))
            secret.withBytes { output.part(position, SlotSecret.count).copyMemory(from: $0) }
            position += SlotSecret.count
        }
    }

    private mutating func putKeyHead(_ number: UInt32, _ created: UInt64) {
        put(number)
        put(UInt32(0))
        put(created)
    }

    mutating func put(_ span: TimelineSpan) {
        put(span.timeline.number)
        put(UInt32(0))
        put(span.timeline.nonce)
        put(span.firstRevision)
        put(span.lastRevision)
        put(span.created)
    }
}
