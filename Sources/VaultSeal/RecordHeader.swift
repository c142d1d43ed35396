/// The first twelve bytes of a sealed record, in the clear and authenticated.
struct RecordHeader: Equatable {
    var dataKeyNumber: UInt32
    var timelineNumber: UInt32

    init(dataKeyNumber: UInt32, timelineNumber: UInt32) {
        self.dataKeyNumber = dataKeyNumber
        self.timelineNumber = timelineNumber
    }

    /// Reads a header; `record` has at least `RecordFormat.headerCount` bytes.
    init(_ record: UnsafeRawBufferPointer) throws(SealError) {
        guard record[0] == RecordFormat.version else {
            throw .unsupportedFormat(version: Int(record[0]))
        }
        guard record[1] == 0, record[2] == 0, record[3] == 0 else {
            throw .damaged(what: "record: reserved bytes are set")
        }
        dataKeyNumber = record.number(at: 4)
        timelineNumber = record.number(at: 8)
    }

    func write(to output: UnsafeMutableRawBufferPointer) {
        output.set(UInt32(RecordFormat.version), at: 0)
        output.set(dataKeyNumber, at: 4)
        output.set(timelineNumber, at: 8)
    }
}
