import Sodium

/// The opened keyring: numbered data keys and the timelines of the vault, in guarded memory as
/// they stand in the file (docs/formats.md, "Keyring").
struct Keyring: ~Copyable {
    static let dataKeyCount = 32
    static let entriesMax = 1024
    static let headCount = 8
    static let dataKeyEntryCount = 48
    static let timelineEntryCount = 40

    /// The plaintext, exactly as it is wrapped.
    private var secret: SecretBytes
    /// Rising; the last one seals.
    let dataKeyNumbers: [UInt32]
    /// When each was made; seconds since 1970.
    let dataKeyTimes: [UInt64]
    /// Rising; the last one is current.
    let timelines: [TimelineSpan]
    /// How often the keyring was written. An older file of the same vault has a lower one.
    let generation: UInt64
    /// The highest id that a slot ever had, as far as the keyring knows; 0 is unknown.
    let lastSlotID: UInt32
    /// Where the purpose keys begin, and how many there are: none until the root key changes.
    private let purposeKeys: (start: Int, count: Int)
    /// Where the secrets of slots are, by the ids of the slots.
    private let slotSecrets: [UInt32: Int]

    var currentTimeline: Timeline { timelines[timelines.count - 1].timeline }

    /// A new vault's: data key 1, one timeline, and what is kept of its slots.
    static func new(
        timeline: Timeline, created: UInt64, slotSecrets: [(id: UInt32, secret: SlotSecret)] = []
    ) throws(SealError) -> Keyring {
        let fieldsStart = headCount + dataKeyEntryCount + timelineEntryCount
        let count = fieldsStart + KeyringFields.slotSecretsCount(slotSecrets.count)
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: count)
        }
        secret.withMutableBytes { bytes in
            bytes.set(UInt32(1), at: 0)
            bytes.set(UInt32(1), at: 4)
            bytes.set(UInt32(1), at: 8)
            bytes.set(created, at: 16)
            Random.fill(bytes.part(24, dataKeyCount))
            let entry = headCount + dataKeyEntryCount
            bytes.set(timeline.number, at: entry)
            bytes.set(timeline.nonce, at: entry + 8)
            bytes.set(UInt64(0), at: entry + 16)
            bytes.set(TimelineSpan.unbounded, at: entry + 24)
            bytes.set(created, at: entry + 32)
            var writer = SecretWriter(bytes.part(fieldsStart, count - fieldsStart))
            writer.put(slotSecrets)
        }
        return try Keyring(decoding: secret)
    }

    /// Reads the plaintext of a wrapped keyring. It is authentic, but a vaultd with a bug could
    /// have written it, so nothing is taken for granted.
    init(decoding secret: consuming SecretBytes) throws(SealError) {
        let content = try secret.withBytes { (bytes) throws(SealError) in
            try Self.decode(bytes)
        }
        dataKeyNumbers = content.numbers
        dataKeyTimes = content.times
        timelines = content.timelines
        generation = content.fields.generation
        lastSlotID = content.fields.lastSlotID
        purposeKeys = content.fields.purposeKeys
        slotSecrets = content.fields.slotSecrets
        self.secret = secret
    }

    private static func decode(
        _ bytes: UnsafeRawBufferPointer
    ) throws(SealError) -> (
        numbers: [UInt32], times: [UInt64], timelines: [TimelineSpan], fields: KeyringFields
    ) {
        guard bytes.count >= headCount else { throw .damaged(what: "keyring: no counts") }
        let keyCount = Int(bytes.number(at: 0) as UInt32)
        let timelineCount = Int(bytes.number(at: 4) as UInt32)
        guard (1...entriesMax).contains(keyCount), (1...entriesMax).contains(timelineCount) else {
            throw .damaged(what: "keyring: counts out of bounds")
        }
        let timelinesStart = headCount + keyCount * dataKeyEntryCount
        let end = timelinesStart + timelineCount * timelineEntryCount
        guard bytes.count >= end else { throw .damaged(what: "keyring: ends early") }
        let numbers = try decodeDataKeys(bytes, keyCount)
        let timelines = try decodeTimelines(bytes, start: timelinesStart, timelineCount)
        let times = (0..<keyCount).map { index -> UInt64 in
            bytes.number(at: headCount + index * dataKeyEntryCount + 8)
        }
        return (numbers, times, timelines, try KeyringFields(bytes, start: end))
    }

    private static func decodeDataKeys(
        _ bytes: UnsafeRawBufferPointer, _ count: Int
    ) throws(SealError) -> [UInt32] {
        var numbers: [UInt32] = []
        for index in 0..<count {
            let entry = headCount + index * dataKeyEntryCount
            let number: UInt32 = bytes.number(at: entry)
            guard number > numbers.last ?? 0, bytes.number(at: entry + 4) as UInt32 == 0 else {
                throw .damaged(what: "keyring: data keys out of order")
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func decodeTimelines(
        _ bytes: UnsafeRawBufferPointer, start: Int, _ count: Int
    ) throws(SealError) -> [TimelineSpan] {
        var spans: [TimelineSpan] = []
        for index in 0..<count {
            let entry = start + index * timelineEntryCount
            let span = TimelineSpan(
                timeline: Timeline(
                    number: bytes.number(at: entry), nonce: bytes.number(at: entry + 8)),
                firstRevision: bytes.number(at: entry + 16),
                lastRevision: bytes.number(at: entry + 24), created: bytes.number(at: entry + 32))
            let isNext =
                spans.last.map {
                    span.timeline.number > $0.timeline.number
                        && span.firstRevision > $0.lastRevision
                } ?? (span.timeline.number >= 1 && span.firstRevision == 0)
            let isLast = index == count - 1
            guard isNext, bytes.number(at: entry + 4) as UInt32 == 0,
                span.lastRevision <= TimelineSpan.unbounded,
                span.firstRevision <= span.lastRevision,
                isLast == (span.lastRevision == TimelineSpan.unbounded)
            else { throw .damaged(what: "keyring: timelines out of order") }
            spans.append(span)
        }
        return spans
    }

    /// Lends the data key at `index` of `dataKeyNumbers`.
    borrowing func withDataKey<R>(
        at index: Int, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        secret.withBytes { bytes in
            let entry = Self.headCount + index * Self.dataKeyEntryCount
            return body(bytes.part(entry + 16, Self.dataKeyCount))
        }
    }

    /// How many purpose keys there are: none until the root key changes for the first time.
    var purposeKeyCount: Int { purposeKeys.count }

    /// Lends the purpose key at `index`; the last one is in use.
    borrowing func withPurposeKey<R>(
        at index: Int, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        precondition(index < purposeKeys.count, "there are fewer purpose keys")
        return secret.withBytes { bytes in
            let entry = purposeKeys.start + index * Self.dataKeyEntryCount
            return body(bytes.part(entry + 16, Self.dataKeyCount))
        }
    }

    /// The secret of the slot `id`; nil for a recipient, and where a vaultd that knew of none
    /// made the slot.
    borrowing func slotSecret(of id: UInt32) throws(SealError) -> SlotSecret? {
        guard let start = slotSecrets[id] else { return nil }
        return try secret.withBytes { (bytes) throws(SealError) in
            try SlotSecret(copying: bytes.part(start, SlotSecret.count))
        }
    }

    mutating func erase() { secret.erase() }

    /// Lends the plaintext, to be wrapped.
    borrowing func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        secret.withBytes(body)
    }
}
