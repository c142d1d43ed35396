import Sodium

/// One change of a keyring. Every edit makes the next generation.
struct KeyringEdit {
    /// Makes a data key; everything is sealed under it from then on.
    var addsDataKey = false
    /// Forgets data keys with lower numbers. The newest always stays.
    var retiresBelow: UInt32 = 0
    /// Forgets every data key that there was; for a vault of which every record is sealed anew.
    var forgetsDataKeys = false
    /// Ends the current timeline and begins another, as a restore does.
    var newTimeline: NewTimeline?
    /// The root key is about to change: what hangs from it gets a parent of its own, and what is
    /// new a new one.
    var addsPurposeKey = false
    /// The id of a new slot; 0 when there is none.
    var usedSlotID: UInt32 = 0
    /// The slots that there are afterwards. Of others nothing is kept.
    var slotIDs: [UInt32]
    /// What is kept of the new slot.
    var newSlotSecret: SlotSecret?
    /// Seconds since 1970.
    var now: UInt64

    struct NewTimeline {
        /// The last revision of the old one that counts.
        var after: UInt64
        var first: UInt64
        var nonce: UInt64
    }

    /// The changed keyring. Fields that this version does not know are not taken over: they
    /// belong to a newer one, which does not have its vault edited by an older.
    func apply(
        to old: borrowing Keyring, rootKey: borrowing RootKey
    ) throws(SealError) -> Keyring {
        guard let newest = old.dataKeyNumbers.last else {
            throw .damaged(what: "keyring: no data keys")
        }
        let kept = old.dataKeyNumbers.indices.filter {
            !forgetsDataKeys
                && (old.dataKeyNumbers[$0] >= retiresBelow || old.dataKeyNumbers[$0] == newest)
        }
        let keyCount = kept.count + (addsDataKey ? 1 : 0)
        let purposes = purposeKeyCount(old)
        try Self.check(keyCount: keyCount, newest: newest, purposes: purposes)
        let timelines = try timelines(old)
        let secrets = try slotSecrets(old)
        let entry = Keyring.dataKeyEntryCount
        let purposeBytes = purposes == 0 ? 0 : KeyringFields.headerCount + purposes * entry
        let count =
            Keyring.headCount + keyCount * entry
            + timelines.count * Keyring.timelineEntryCount
            + 2 * (KeyringFields.headerCount + 8) + purposeBytes
            + KeyringFields.slotSecretsCount(secrets.count)
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: count)
        }
        secret.withMutableBytes { output in
            var writer = SecretWriter(output)
            writer.put(UInt32(keyCount))
            writer.put(UInt32(timelines.count))
            for index in kept {
                old.withDataKey(at: index) {
                    writer.putKey(old.dataKeyNumbers[index], old.dataKeyTimes[index], $0)
                }
            }
            if addsDataKey { writer.putNewKey(newest + 1, now) }
            for span in timelines { writer.put(span) }
            writer.putField(KeyringFields.Tag.generation, count: 8)
            writer.put(old.generation + 1)
            writer.putField(KeyringFields.Tag.lastSlotID, count: 8)
            writer.put(UInt64(max(old.lastSlotID, usedSlotID)))
            putPurposeKeys(purposes, old, rootKey, to: &writer)
            writer.put(secrets)
            precondition(writer.isAtEnd, "the keyring has the size that was computed")
        }
        return try Keyring(decoding: secret)
    }

    private static func check(
        keyCount: Int, newest: UInt32, purposes: Int
    ) throws(SealError) {
        guard keyCount <= Keyring.entriesMax, newest < .max else {
            throw .invalidSlot(
                "a vault has at most \(Keyring.entriesMax) data keys; run 'vaultctl rewrap'")
        }
        precondition(keyCount > 0, "a keyring has a data key")
        guard purposes <= Keyring.entriesMax else {
            throw .invalidSlot("the root key was changed too often")
        }
    }

    private func timelines(_ old: borrowing Keyring) throws(SealError) -> [TimelineSpan] {
        var spans = old.timelines
        guard let new = newTimeline else { return spans }
        // Timelines of which nothing is left, as the point of the restore lies before them.
        while let last = spans.last, last.firstRevision > new.after, spans.count > 1 {
            spans.removeLast()
        }
        let highest = old.currentTimeline.number
        guard spans.count < Keyring.entriesMax, highest < .max, new.first > new.after else {
            throw .invalidSlot("a vault is restored at most \(Keyring.entriesMax) times")
        }
        spans[spans.count - 1].lastRevision = new.after
        spans.append(
            TimelineSpan(
                timeline: Timeline(number: highest + 1, nonce: new.nonce),
                firstRevision: new.first, lastRevision: TimelineSpan.unbounded, created: now))
        return spans
    }

    private func slotSecrets(
        _ old: borrowing Keyring
    ) throws(SealError) -> [(id: UInt32, secret: SlotSecret)] {
        var secrets: [(id: UInt32, secret: SlotSecret)] = []
        for id in slotIDs {
            let secret = id == usedSlotID ? newSlotSecret : try old.slotSecret(of: id)
            if let secret { secrets.append((id, secret)) }
        }
        return secrets
    }

    private func purposeKeyCount(_ old: borrowing Keyring) -> Int {
        guard addsPurposeKey else { return old.purposeKeyCount }
        return max(old.purposeKeyCount, 1) + 1
    }

    private func putPurposeKeys(
        _ count: Int, _ old: borrowing Keyring, _ rootKey: borrowing RootKey,
        to writer: inout SecretWriter
    ) {
        guard count > 0 else { return }
        writer.putField(KeyringFields.Tag.purposeKeys, count: count * Keyring.dataKeyEntryCount)
        for index in 0..<old.purposeKeyCount {
            old.withPurposeKey(at: index) { writer.putKey(UInt32(index + 1), now, $0) }
        }
        guard addsPurposeKey else { return }
        if old.purposeKeyCount == 0 {
            rootKey.lend { writer.putKey(1, now, $0) }
        }
        writer.putNewKey(UInt32(count), now)
    }
}
