import NIOCore
import VaultStore

/// Encodes what the store answered as etcd's KV responses.
enum ResponseEncoding {
    static func write(_ result: WriteResult, header: ResponseHeader) -> ByteBuffer {
        var writer = WireWriter()
        switch result {
        case .put(let put):
            header.write(revision: put.revision.rawValue, to: &writer)
            tail(of: put, to: &writer)
        case .delete(let delete):
            header.write(revision: delete.revision.rawValue, to: &writer)
            tail(of: delete, to: &writer)
        case .transaction(let transaction):
            return self.transaction(transaction, header: header)
        case .tidy: break
        case .leaseGranted(let grant):
            header.write(revision: grant.revision.rawValue, to: &writer)
            tail(of: grant, to: &writer)
        case .alarm(let result):
            header.write(revision: result.revision.rawValue, to: &writer)
            if let alarm = result.alarm { self.alarm(alarm, to: &writer) }
        case .destroyed(let result):
            writer.number(1, result.revision.rawValue)
            writer.number(2, result.versions)
        case .accepted(let revision): writer.number(1, revision.rawValue)
        case .compact(let revision), .leaseRevoked(let revision), .accessReplaced(let revision),
            .keyringNoted(let revision), .auditNoted(let revision), .backupNoted(let revision):
            header.write(revision: revision.rawValue, to: &writer)
        }
        return writer.buffer
    }

    /// One of the alarms of an `AlarmResponse`.
    static func alarm(_ alarm: Alarm, to writer: inout WireWriter) {
        writer.message(2) {
            $0.unsigned(1, alarm.member)
            $0.number(2, Int64(alarm.kind.rawValue))
        }
    }

    static func transaction(_ result: TransactionResult, header: ResponseHeader) -> ByteBuffer {
        var writer = WireWriter()
        header.write(revision: result.revision.rawValue, to: &writer)
        tail(of: result, to: &writer)
        return writer.buffer
    }

    /// What follows the header of a `PutResponse`.
    private static func tail(of result: PutResult, to writer: inout WireWriter) {
        guard let previous = result.previous else { return }
        keyValue(2, previous, to: &writer)
    }

    private static func tail(of result: DeleteResult, to writer: inout WireWriter) {
        writer.number(2, result.deleted)
        for previous in result.previous { keyValue(3, previous, to: &writer) }
    }

    private static func tail(of result: RangeResult, to writer: inout WireWriter) {
        for found in result.keyValues { keyValue(2, found, to: &writer) }
        writer.flag(3, result.more)
        writer.number(4, result.count)
    }

    private static func tail(of result: TransactionResult, to writer: inout WireWriter) {
        writer.flag(2, result.succeeded)
        for answer in result.results {
            writer.message(3) { operation(answer, to: &$0) }
        }
    }

    /// `ResponseOp`. Headers inside a transaction say only the revision; that of a nested
    /// transaction says nothing, as in etcd.
    private static func operation(_ result: OperationResult, to writer: inout WireWriter) {
        switch result {
        case .range(let range):
            writer.message(1) {
                innerHeader(range.revision, to: &$0)
                tail(of: range, to: &$0)
            }
        case .put(let put):
            writer.message(2) {
                innerHeader(put.revision, to: &$0)
                tail(of: put, to: &$0)
            }
        case .delete(let delete):
            writer.message(3) {
                innerHeader(delete.revision, to: &$0)
                tail(of: delete, to: &$0)
            }
        case .transaction(let transaction):
            writer.message(4) {
                $0.message(1) { _ in }
                tail(of: transaction, to: &$0)
            }
        }
    }

    private static func innerHeader(_ revision: Revision, to writer: inout WireWriter) {
        writer.message(1) { $0.number(3, revision.rawValue) }
    }

    static func keyValue(_ field: Int, _ value: KeyValue, to writer: inout WireWriter) {
        writer.message(field) {
            $0.bytes(1, value.key)
            $0.number(2, value.createRevision.rawValue)
            $0.number(3, value.modRevision.rawValue)
            $0.number(4, value.version)
            $0.bytes(5, value.value)
            $0.number(6, value.lease.rawValue)
        }
    }
}
