/// What the store refuses or cannot do. Texts and codes for clients are the server's.
public enum StoreError: Error, Equatable, Sendable {
    /// A key is empty. Give one.
    case emptyKey
    /// The key that `ignoresValue` or `ignoresLease` builds on is not there, or an operation of a
    /// transaction names nothing.
    case keyNotFound
    /// A value came with `ignoresValue`.
    case valueProvided
    /// A lease came with `ignoresLease`.
    case leaseProvided
    /// The lease does not exist. Grant it first.
    case leaseNotFound
    /// A lease with that number exists. Choose another, or let the store choose one.
    case leaseExists
    /// More time than a lease may have. Ask for less, and keep the lease alive.
    case leaseTTLTooLarge
    /// There are as many leases as there may be. Revoke some, or let them expire.
    case tooManyLeases
    /// More operations than a transaction may have.
    case tooManyOperations
    /// A transaction that writes has more keys in its ranges than it may. Read them before it.
    case tooManyKeys
    /// More bytes than one write may hand over. Read them before it.
    case tooManyBytes
    /// Whoever asks has as many answers to read as they may. Read them first.
    case answersUnread
    /// A transaction puts a key twice, or puts and deletes it.
    case duplicateKey
    /// The sort order or target is not one that etcd defines.
    case invalidSortOption
    /// The revision was removed by compaction. Restart from `oldestReadable`.
    case compacted(oldestReadable: Revision)
    /// The revision has not been written yet.
    case futureRevision(current: Revision)
    /// The quota is used up. Delete, compact, or raise the quota.
    case noSpace
    /// The CORRUPT alarm is raised. Nothing may be changed until somebody takes it back.
    case corrupt
    /// The store holds what verifies of a damaged one; nothing may be written. Restore a backup.
    case readOnly
    /// There are as many alarms as there may be. Take some back.
    case tooManyAlarms
    /// The request's bytes exceed what one change may have.
    case requestTooLarge
    /// The writer's queue is full. Try again later.
    case overloaded
    /// A key was destroyed while it was read. Try again.
    case destroyedMeanwhile
    /// Every record is being read, for a copy or to verify them all: none can be destroyed
    /// meanwhile. Try again when it is over.
    case recordsInUse
    /// The file is not what was written. Nothing may be served from it; restore a backup.
    case damaged(String)
    /// The file was written by a newer format.
    case unsupportedFormat(version: Int)
    /// The store was closed (the vault was sealed).
    case closed
    /// The data directory is open already, here or in another process.
    case inUse
    /// The disk is full; nothing of the request was written.
    case diskFull
    /// The operating system or LMDB failed; nothing of the request was acknowledged.
    case storage(String)
}
