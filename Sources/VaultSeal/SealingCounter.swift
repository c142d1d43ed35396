import Synchronization

/// Counts what is sealed under one data key; belongs to the key, whatever pool it is in.
final class SealingCounter: Sendable {
    private let dataKey: UInt32
    private let records = Atomic<UInt64>(0)
    private let bytes = Atomic<UInt64>(0)

    init(dataKey: UInt32) {
        self.dataKey = dataKey
    }

    @inline(__always)
    func add(records: UInt64 = 1, bytes: UInt64) {
        self.records.wrappingAdd(records, ordering: .relaxed)
        self.bytes.wrappingAdd(bytes, ordering: .relaxed)
    }

    var count: SealingCount {
        SealingCount(
            dataKey: dataKey, records: records.load(ordering: .relaxed),
            bytes: bytes.load(ordering: .relaxed))
    }
}
