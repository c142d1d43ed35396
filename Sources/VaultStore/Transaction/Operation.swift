/// etcd's `PutRequest`.
public struct PutOperation: Equatable, Sendable {
    public var key: Bytes
    public var value: Bytes
    public var lease: LeaseID = .none
    /// Return what was there before.
    public var wantsPrevious = false
    /// Keep the value that is there; the key must exist.
    public var ignoresValue = false
    /// Keep the lease that is there; the key must exist.
    public var ignoresLease = false

    public init(key: Bytes, value: Bytes) {
        self.key = key
        self.value = value
    }
}

/// etcd's `DeleteRangeRequest`.
public struct DeleteOperation: Equatable, Sendable {
    public var range: KeyRange
    /// Return what was deleted.
    public var wantsPrevious = false

    public init(range: KeyRange) {
        self.range = range
    }
}

/// One condition of a transaction, as etcd's `Compare`. Over a range it must hold for every key.
public struct Comparison: Equatable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case equal, greater, less, notEqual
        /// A number that etcd does not define: always true, as in etcd.
        case unrecognized
    }

    public enum Target: Equatable, Sendable {
        case version(Int64)
        case createRevision(Int64)
        case modRevision(Int64)
        case value(Bytes)
        case lease(Int64)
        /// A number that etcd does not define: compares as equal.
        case unrecognized
    }

    public var range: KeyRange
    public var outcome: Outcome
    public var target: Target

    public init(range: KeyRange, outcome: Outcome, target: Target) {
        self.range = range
        self.outcome = outcome
        self.target = target
    }
}

/// etcd's `TxnRequest`: all comparisons, then one of two lists of operations, as one change.
public struct Transaction: Equatable, Sendable {
    public var comparisons: [Comparison]
    public var success: [Operation]
    public var failure: [Operation]

    public init(
        comparisons: [Comparison] = [], success: [Operation] = [], failure: [Operation] = []
    ) {
        self.comparisons = comparisons
        self.success = success
        self.failure = failure
    }
}

/// etcd's `RequestOp`.
public indirect enum Operation: Equatable, Sendable {
    case range(RangeQuery)
    case put(PutOperation)
    case delete(DeleteOperation)
    case transaction(Transaction)
    /// The request named no operation; etcd answers "key not found".
    case missing
}

public struct PutResult: Equatable, Sendable {
    public var revision: Revision
    public var previous: KeyValue?

    public init(revision: Revision, previous: KeyValue? = nil) {
        self.revision = revision
        self.previous = previous
    }
}

public struct DeleteResult: Equatable, Sendable {
    public var revision: Revision
    public var deleted: Int64
    public var previous: [KeyValue]

    public init(revision: Revision, deleted: Int64, previous: [KeyValue] = []) {
        self.revision = revision
        self.deleted = deleted
        self.previous = previous
    }
}

public struct TransactionResult: Equatable, Sendable {
    public var revision: Revision
    /// The comparisons held.
    public var succeeded: Bool
    /// One for each operation of the chosen branch, in order.
    public var results: [OperationResult]

    public init(revision: Revision, succeeded: Bool, results: [OperationResult]) {
        self.revision = revision
        self.succeeded = succeeded
        self.results = results
    }
}

public indirect enum OperationResult: Equatable, Sendable {
    case range(RangeResult)
    case put(PutResult)
    case delete(DeleteResult)
    case transaction(TransactionResult)
}

/// What the writer can be asked to do.
public enum WriteRequest: Sendable {
    case put(PutOperation)
    case delete(DeleteOperation)
    case transaction(Transaction)
    /// Forget what came before `revision`. `physical`: answer only when it is gone from the file.
    case compact(Revision, physical: Bool)
    /// Remove what was compacted and is not retained any more, because it has become too old.
    case tidy
    /// Make a lease; the store chooses its number when that is `.none`. A time below the least is
    /// raised to it.
    case grantLease(LeaseID, ttl: Duration)
    /// End a lease and delete what hangs on it.
    case revokeLease(LeaseID)
    case alarm(AlarmChange)
    /// Put other rules of access in the place of the present ones. Makes no revision.
    case replaceAccess(Bytes)
    /// Remembers the number of the keyring that is in use; a lower one changes nothing.
    case noteKeyring(UInt64)
    /// Remembers how far the audit log is; a lower number than before is right where the log was
    /// begun anew, and somebody has seen that.
    case noteAudit(UInt64)
    /// A restored store may act by itself again: leases end, old versions go.
    case accept
    /// Remembers an archive.
    case noteBackup(BackupMark)
    /// Remove every version of a key, whatever retention says.
    case destroy(Bytes)
}

public enum WriteResult: Equatable, Sendable {
    case put(PutResult)
    case delete(DeleteResult)
    case transaction(TransactionResult)
    case compact(revision: Revision)
    case tidy
    case leaseGranted(LeaseGrant)
    case leaseRevoked(revision: Revision)
    case alarm(AlarmResult)
    case accessReplaced(revision: Revision)
    case keyringNoted(revision: Revision)
    case auditNoted(revision: Revision)
    case accepted(revision: Revision)
    case backupNoted(revision: Revision)
    case destroyed(DestroyResult)
}
