import NIOCore
import VaultStore

/// Decodes etcd's KV requests straight from the wire into what the store is asked.
///
/// Functions that "merge" follow protobuf's rule for a message field that occurs more than once:
/// the fields of the later one are put over the earlier one's.
enum RequestDecoding {
    static func range(_ message: ByteBuffer) -> Result<RangeQuery, WireError> {
        decode(message) { bytes throws(WireError) in
            var query = RangeQuery(range: KeyRange(key: []))
            try merge(bytes, into: &query)
            return query
        }
    }

    static func put(_ message: ByteBuffer) -> Result<PutOperation, WireError> {
        decode(message) { bytes throws(WireError) in
            var operation = PutOperation(key: [], value: [])
            try merge(bytes, into: &operation)
            return operation
        }
    }

    static func delete(_ message: ByteBuffer) -> Result<DeleteOperation, WireError> {
        decode(message) { bytes throws(WireError) in
            var operation = DeleteOperation(range: KeyRange(key: []))
            try merge(bytes, into: &operation)
            return operation
        }
    }

    static func transaction(_ message: ByteBuffer) -> Result<Transaction, WireError> {
        decode(message) { bytes throws(WireError) in
            var transaction = Transaction()
            try merge(bytes, into: &transaction, depth: 0)
            return transaction
        }
    }

    static func compaction(
        _ message: ByteBuffer
    ) -> Result<(revision: Revision, physical: Bool), WireError> {
        decode(message) { bytes throws(WireError) in
            var reader = WireReader(bytes)
            var revision = Revision.none
            var physical = false
            while let field = try reader.nextField() {
                switch (field.number, field.type) {
                case (1, .varint): revision = Revision(try reader.int64())
                case (2, .varint): physical = try reader.bool()
                default: try reader.skip(field)
                }
            }
            return (revision, physical)
        }
    }

    /// The key of a `vault.v1.HistoryRequest` or `VersionRequest`, and the latter's revision.
    static func history(
        _ message: ByteBuffer
    ) -> Result<(key: Bytes, revision: Revision), WireError> {
        decode(message) { bytes throws(WireError) in
            var reader = WireReader(bytes)
            var (key, revision) = (Bytes(), Revision.none)
            while let field = try reader.nextField() {
                switch (field.number, field.type) {
                case (1, .lengthDelimited): key = try reader.byteArray()
                case (2, .varint): revision = Revision(Int64(bitPattern: try reader.varint()))
                default: try reader.skip(field)
                }
            }
            return (key, revision)
        }
    }

    /// `withUnsafeReadableBytes` does not carry typed errors; a `Result` does.
    private static func decode<Value>(
        _ message: ByteBuffer, _ body: (UnsafeRawBufferPointer) throws(WireError) -> Value
    ) -> Result<Value, WireError> {
        message.withUnsafeReadableBytes { bytes in
            Result { () throws(WireError) in try body(bytes) }
        }
    }
}

extension RequestDecoding {
    static func merge(
        _ bytes: UnsafeRawBufferPointer, into query: inout RangeQuery
    ) throws(WireError) {
        var reader = WireReader(bytes)
        while let field = try reader.nextField() {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): query.range.key = try reader.byteArray()
            case (2, .lengthDelimited): query.range.rangeEnd = try reader.byteArray()
            case (3, .varint): query.limit = try reader.int64()
            case (4, .varint): query.revision = Revision(try reader.int64())
            case (5, .varint): query.sortOrder = SortOrder(wire: try reader.enumeration())
            case (6, .varint): query.sortTarget = SortTarget(wire: try reader.enumeration())
            case (8, .varint): query.keysOnly = try reader.bool()
            case (9, .varint): query.countOnly = try reader.bool()
            case (10, .varint): query.minModRevision = Revision(try reader.int64())
            case (11, .varint): query.maxModRevision = Revision(try reader.int64())
            case (12, .varint): query.minCreateRevision = Revision(try reader.int64())
            case (13, .varint): query.maxCreateRevision = Revision(try reader.int64())
            // 7 is `serializable`: every read of a single node is linearizable anyway.
            default: try reader.skip(field)
            }
        }
    }

    static func merge(
        _ bytes: UnsafeRawBufferPointer, into operation: inout PutOperation
    ) throws(WireError) {
        var reader = WireReader(bytes)
        while let field = try reader.nextField() {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): operation.key = try reader.byteArray()
            case (2, .lengthDelimited): operation.value = try reader.byteArray()
            case (3, .varint): operation.lease = LeaseID(try reader.int64())
            case (4, .varint): operation.wantsPrevious = try reader.bool()
            case (5, .varint): operation.ignoresValue = try reader.bool()
            case (6, .varint): operation.ignoresLease = try reader.bool()
            default: try reader.skip(field)
            }
        }
    }

    static func merge(
        _ bytes: UnsafeRawBufferPointer, into operation: inout DeleteOperation
    ) throws(WireError) {
        var reader = WireReader(bytes)
        while let field = try reader.nextField() {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): operation.range.key = try reader.byteArray()
            case (2, .lengthDelimited): operation.range.rangeEnd = try reader.byteArray()
            case (3, .varint): operation.wantsPrevious = try reader.bool()
            default: try reader.skip(field)
            }
        }
    }

    static func merge(
        _ bytes: UnsafeRawBufferPointer, into transaction: inout Transaction, depth: Int
    ) throws(WireError) {
        guard depth < Limits.messageDepthMax else { throw WireError(reason: "nested too deep") }
        var reader = WireReader(bytes)
        while let field = try reader.nextField() {
            switch (field.number, field.type) {
            case (1, .lengthDelimited):
                transaction.comparisons.append(try comparison(try reader.content()))
            case (2, .lengthDelimited):
                transaction.success.append(try operation(try reader.content(), depth: depth + 1))
            case (3, .lengthDelimited):
                transaction.failure.append(try operation(try reader.content(), depth: depth + 1))
            default: try reader.skip(field)
            }
        }
    }

    private static func operation(
        _ bytes: UnsafeRawBufferPointer, depth: Int
    ) throws(WireError) -> Operation {
        var result = Operation.missing
        var reader = WireReader(bytes)
        while let field = try reader.nextField() {
            switch (field.number, field.type) {
            case (1, .lengthDelimited):
                var query = RangeQuery(range: KeyRange(key: []))
                if case .range(let earlier) = result { query = earlier }
                try merge(try reader.content(), into: &query)
                result = .range(query)
            case (2, .lengthDelimited):
                var put = PutOperation(key: [], value: [])
                if case .put(let earlier) = result { put = earlier }
                try merge(try reader.content(), into: &put)
                result = .put(put)
            case (3, .lengthDelimited):
                var delete = DeleteOperation(range: KeyRange(key: []))
                if case .delete(let earlier) = result { delete = earlier }
                try merge(try reader.content(), into: &delete)
                result = .delete(delete)
            case (4, .lengthDelimited):
                var nested = Transaction()
                if case .transaction(let earlier) = result { nested = earlier }
                try merge(try reader.content(), into: &nested, depth: depth)
                result = .transaction(nested)
            default: try reader.skip(field)
            }
        }
        return result
    }
}
