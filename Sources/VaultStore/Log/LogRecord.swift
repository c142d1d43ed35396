/// One entry of the log before it is sealed: a put or a tombstone (docs/formats.md, "log payload").
///
/// SAFETY: `key` and `value` point into the buffer that was decoded, or into the operation that is
/// encoded; a record lives no longer than that.
struct LogRecord {
    enum Kind: UInt8 {
        case put = 1
        case tombstone = 2
    }

    static let formatVersion: UInt8 = 1
    private static let putHeaderCount = 38
    private static let tombstoneHeaderCount = 14

    var kind: Kind
    var key: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer
    var createRevision: Int64
    var version: Int64
    var lease: Int64
    /// When the change was committed: milliseconds since 1970, never before an older record's.
    var time: Int64

    /// Bytes of the encoded record.
    static func encodedCount(kind: Kind, key: Int, value: Int) -> Int {
        switch kind {
        case .put: putHeaderCount + key + value
        case .tombstone: tombstoneHeaderCount + key
        }
    }

    /// Writes the record into `output`, which has exactly `encodedCount` bytes.
    func encode(into output: UnsafeMutableRawBufferPointer) {
        output[0] = Self.formatVersion
        output[1] = kind.rawValue
        output.storeBytes(of: time.littleEndian, toByteOffset: 2, as: Int64.self)
        var offset = 10
        if kind == .put {
            output.storeBytes(of: createRevision.littleEndian, toByteOffset: 10, as: Int64.self)
            output.storeBytes(of: version.littleEndian, toByteOffset: 18, as: Int64.self)
            output.storeBytes(of: lease.littleEndian, toByteOffset: 26, as: Int64.self)
            offset = 34
        }
        output.storeBytes(
            of: UInt32(key.count).littleEndian, toByteOffset: offset, as: UInt32.self)
        offset += 4
        copy(key, to: output, at: offset)
        if kind == .put { copy(value, to: output, at: offset + key.count) }
    }

    private func copy(
        _ source: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer, at offset: Int
    ) {
        UnsafeMutableRawBufferPointer(rebasing: output[offset..<(offset + source.count)])
            .copyMemory(from: source)
    }

    /// Reads a record; nil when the bytes are not one.
    static func decode(_ input: UnsafeRawBufferPointer) -> LogRecord? {
        guard input.count >= tombstoneHeaderCount, input[0] == formatVersion,
            let kind = Kind(rawValue: input[1])
        else { return nil }
        let header = kind == .put ? putHeaderCount : tombstoneHeaderCount
        guard input.count >= header else { return nil }
        let keyCount = Int(load(UInt32.self, input, header - 4))
        guard keyCount > 0, keyCount <= input.count - header else { return nil }
        let keyEnd = header + keyCount
        let key = UnsafeRawBufferPointer(rebasing: input[header..<keyEnd])
        guard kind == .put else {
            guard keyEnd == input.count else { return nil }
            return LogRecord(
                kind: kind, key: key, value: UnsafeRawBufferPointer(start: nil, count: 0),
                createRevision: 0, version: 0, lease: 0, time: load(Int64.self, input, 2))
        }
        return LogRecord(
            kind: kind, key: key, value: UnsafeRawBufferPointer(rebasing: input[keyEnd...]),
            createRevision: load(Int64.self, input, 10), version: load(Int64.self, input, 18),
            lease: load(Int64.self, input, 26), time: load(Int64.self, input, 2))
    }

    private static func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ input: UnsafeRawBufferPointer, _ offset: Int
    ) -> T {
        T(littleEndian: input.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
