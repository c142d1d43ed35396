import VaultStore

/// The items of a frame. They are authentic, but a version with a bug could have written them, so
/// nothing is taken for granted.
enum ArchiveItems {
    /// Who is told what an archive holds, in the order of its making.
    protocol Visitor: ~Copyable {
        mutating func kept(_ places: [ArchivePlace]) throws(BackupError)
        mutating func record(
            _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer
        ) throws(BackupError)
        mutating func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError)
        mutating func access(_ payload: UnsafeRawBufferPointer) throws(BackupError)
        /// Whole lines of the audit log, which follow one another; the first has this number.
        mutating func audit(
            first: UInt64, _ lines: UnsafeRawBufferPointer
        ) throws(BackupError)
    }

    /// Reads every item of a frame's plaintext.
    static func read<V: Visitor & ~Copyable>(
        _ frame: [UInt8], _ visitor: inout V
    ) throws(BackupError) {
        try frame.lend { (bytes) throws(BackupError) in
            var cursor = Cursor(bytes: bytes)
            while !cursor.isAtEnd { try readItem(&cursor, &visitor) }
        }
    }

    private static func readItem<V: Visitor & ~Copyable>(
        _ cursor: inout Cursor, _ visitor: inout V
    ) throws(BackupError) {
        guard let item = ArchiveFormat.Item(rawValue: try cursor.number(UInt8.self)) else {
            throw malformed
        }
        switch item {
        case .record:
            let place = ArchivePlace(main: try cursor.number(), sub: try cursor.number())
            try visitor.record(place, try cursor.block())
        case .lease:
            let id: Int64 = try cursor.number()
            try visitor.lease(id: id, try cursor.block())
        case .access:
            try visitor.access(try cursor.block())
        case .kept:
            try visitor.kept(try readKept(try cursor.block()))
        case .audit:
            let first: UInt64 = try cursor.number()
            try visitor.audit(first: first, try cursor.block())
        }
    }

    static let malformed = BackupError.integrity("a frame is malformed")

    private static func readKept(
        _ bytes: UnsafeRawBufferPointer
    ) throws(BackupError) -> [ArchivePlace] {
        var cursor = Cursor(bytes: bytes)
        var places: [ArchivePlace] = []
        var main: Int64 = 0
        while !cursor.isAtEnd {
            let step = Int64(clamping: try cursor.variable())
            let next = main.addingReportingOverflow(step)
            guard !next.overflow, let sub = UInt32(exactly: try cursor.variable()) else {
                throw malformed
            }
            main = next.partialValue
            let place = ArchivePlace(main: main, sub: sub)
            if let last = places.last, !(last < place) { throw malformed }
            places.append(place)
        }
        return places
    }

    /// SAFETY: it lives inside of the closure that lends the bytes.
    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        private var position = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
            _ type: Number.Type = Number.self
        ) throws(BackupError) -> Number {
            let size = MemoryLayout<Number>.size
            guard bytes.count - position >= size else { throw malformed }
            defer { position += size }
            return Number(
                littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
        }

        mutating func block() throws(BackupError) -> UnsafeRawBufferPointer {
            let count = Int(try number(UInt32.self))
            guard bytes.count - position >= count else { throw malformed }
            defer { position += count }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
        }

        mutating func variable() throws(BackupError) -> UInt64 {
            var number: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 63, by: 7) {
                let byte = try self.number(UInt8.self)
                number |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return number }
            }
            throw malformed
        }
    }
}

extension ArchiveItems.Visitor where Self: ~Copyable {
    mutating func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) {}
}
