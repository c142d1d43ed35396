/// The 64 bytes that bind a record to its vault, timeline, header and place (docs/formats.md).
enum RecordAssociatedData {
    /// "vd-recd1" as a little-endian number.
    private static let domain: UInt64 = 0x3164_6365_722d_6476

    static func write(
        storeID: StoreID, timeline: Timeline, record: UnsafeRawBufferPointer, place: RecordPlace,
        to output: UnsafeMutableRawBufferPointer
    ) {
        output.set(domain, at: 0)
        storeID.bytes.withUnsafeBytes { output.part(8, StoreID.count).copyMemory(from: $0) }
        output.set(timeline.number, at: 24)
        output.set(timeline.nonce, at: 28)
        output.part(36, RecordFormat.headerCount)
            .copyMemory(from: record.part(0, RecordFormat.headerCount))
        write(place, to: output.part(48, placeCount))
    }

    /// Bytes that say where a record belongs.
    static let placeCount = 16

    /// A place alone.
    static func write(_ place: RecordPlace, to output: UnsafeMutableRawBufferPointer) {
        output.set(UInt32(0), at: 0)
        switch place {
        case .log(let main, let sub):
            output[0] = 1
            output.set(sub, at: 4)
            output.set(main, at: 8)
        case .state:
            output[0] = 2
            output.set(UInt32(0), at: 4)
            output.set(UInt64(0), at: 8)
        case .table(let id, let key):
            output[0] = 3
            output[1] = id
            output.set(UInt32(0), at: 4)
            output.set(key, at: 8)
        }
    }
}
