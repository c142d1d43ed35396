import Synchronization

/// The numbers that readers look at without a lock. Written by the writer alone.
final class StoreClock: Sendable {
    private let publishedWord: Atomic<Int64>
    private let compactWord: Atomic<Int64>
    private let usedBytesWord = Atomic<Int64>(0)
    private let recordCountWord = Atomic<Int64>(0)
    private let keyringGenerationWord: Atomic<UInt64>
    private let noSpaceFlag = Atomic<Bool>(false)
    private let failureWord = Mutex<StoreError?>(nil)
    private let alarmList: Mutex<[Alarm]>
    private let backupMark: Mutex<BackupMark?>
    /// 0 when it is not.
    private let quarantineWord: Atomic<Int64>
    /// Revisions that never were.
    let gaps: RevisionGaps

    init(_ head: StoreHead, gaps: RevisionGaps) {
        self.gaps = gaps
        backupMark = Mutex(head.backups)
        quarantineWord = Atomic(head.restored?.time ?? 0)
        publishedWord = Atomic(head.currentRevision)
        compactWord = Atomic(head.compactRevision)
        alarmList = Mutex(head.alarms.alarms)
        keyringGenerationWord = Atomic(head.keyringGeneration)
        recordCountWord.store(Int64(head.recordCount), ordering: .relaxed)
    }

    /// The newest revision that is durable and may be seen.
    var published: Revision {
        get { Revision(publishedWord.load(ordering: .acquiring)) }
        set { publishedWord.store(newValue.rawValue, ordering: .releasing) }
    }

    /// Revisions below are forgotten; -1 when nothing was compacted.
    var compacted: Revision {
        get { Revision(compactWord.load(ordering: .acquiring)) }
        set { compactWord.store(newValue.rawValue, ordering: .releasing) }
    }

    /// Where to go on when nobody may read at `revision`, because it was compacted or never was;
    /// nil when it may be read.
    func oldestReadable(instead revision: Revision) -> Revision? {
        let compacted = compacted
        if revision < compacted { return compacted }
        return gaps.end(around: revision.rawValue).map { Revision($0) }
    }

    /// When the store was restored, milliseconds since 1970, until somebody accepts it.
    var quarantinedSince: Int64? {
        get {
            let time = quarantineWord.load(ordering: .relaxed)
            return time == 0 ? nil : time
        }
        set { quarantineWord.store(newValue ?? 0, ordering: .relaxed) }
    }

    /// Bytes that sealed records take, their keys included.
    var usedBytes: Int64 {
        get { usedBytesWord.load(ordering: .relaxed) }
        set { usedBytesWord.store(newValue, ordering: .relaxed) }
    }

    var recordCount: Int64 {
        get { recordCountWord.load(ordering: .relaxed) }
        set { recordCountWord.store(newValue, ordering: .relaxed) }
    }

    /// The highest number of a keyring that the head names.
    var keyringGeneration: UInt64 {
        get { keyringGenerationWord.load(ordering: .relaxed) }
        set { keyringGenerationWord.store(newValue, ordering: .relaxed) }
    }

    /// A write was refused for lack of space, and would be again.
    var noSpace: Bool {
        get { noSpaceFlag.load(ordering: .relaxed) }
        set { noSpaceFlag.store(newValue, ordering: .relaxed) }
    }

    /// Why nothing more is written; nil while the file is well.
    var failure: StoreError? {
        get { failureWord.withLock { $0 } }
        set { failureWord.withLock { $0 = newValue } }
    }

    /// What is known of the archives.
    var backups: BackupMark? {
        get { backupMark.withLock { $0 } }
        set { backupMark.withLock { $0 = newValue } }
    }

    /// What an operator raised.
    var alarms: [Alarm] {
        get { alarmList.withLock { $0 } }
        set { alarmList.withLock { $0 = newValue } }
    }
}
