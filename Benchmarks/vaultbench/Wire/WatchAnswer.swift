/// What a load looks at of a `WatchResponse`, read without making a message of it.
struct WatchAnswer {
    var watchID: Int64 = 0
    var isCreated = false
    var isCancelled = false
    var compactRevision: Int64 = 0

    /// Reads `message`; `event` gets the watcher, the revision and the value of each event. Both
    /// servers write the fields in their order, so that the watcher is known by then.
    init(
        _ message: UnsafeRawBufferPointer,
        event: (_ watchID: Int64, _ revision: Int64, _ value: UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        var fields = FieldReader(message)
        while let field = fields.next() {
            switch field {
            case (2, let number, _): watchID = Int64(bitPattern: number)
            case (3, let number, _): isCreated = number != 0
            case (4, let number, _): isCancelled = number != 0
            case (5, let number, _): compactRevision = Int64(bitPattern: number)
            case (11, _, let bytes): try Self.read(event: bytes, of: watchID, event)
            default: break
            }
        }
    }

    private static func read(
        event: UnsafeRawBufferPointer, of watchID: Int64,
        _ body: (Int64, Int64, UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        var fields = FieldReader(event)
        while let field = fields.next() {
            guard case (2, _, let keyValue) = field else { continue }
            var parts = FieldReader(keyValue)
            var revision: Int64 = 0
            var value = UnsafeRawBufferPointer(start: nil, count: 0)
            while let part = parts.next() {
                switch part {
                case (3, let number, _): revision = Int64(bitPattern: number)
                case (5, _, let bytes): value = bytes
                default: break
                }
            }
            try body(watchID, revision, value)
        }
    }
}

/// Walks over the fields of a protobuf message, which is taken to be well formed.
struct FieldReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next field's number, and its number or its bytes.
    mutating func next() -> (field: UInt64, number: UInt64, bytes: UnsafeRawBufferPointer)? {
        guard position < bytes.count else { return nil }
        let tag = varint()
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        guard tag & 7 == 2 else { return (tag >> 3, varint(), nothing) }
        let end = Int(varint()) + position
        defer { position = end }
        return (tag >> 3, 0, UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
    }

    private mutating func varint() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }
}
