import RPC
import Sodium
import VaultAccess
import VaultSeal
import VaultStore

/// Every error of the vault as a client sees it: gRPC code and text, etcd's own where etcd has one.
///
/// Clients of etcd compare texts, so those are to the letter. `UNAVAILABLE` makes them retry and is
/// kept for what a retry can cure.
enum StatusTable {
    static let sealed = Status(.unavailable, "vaultd: sealed")
    static let permissionDenied = Status(.permissionDenied, "etcdserver: permission denied")
    static let tooManyRequests = Status(.resourceExhausted, "etcdserver: too many requests")
    static let requestTooLarge = Status(.invalidArgument, "etcdserver: request is too large")
    static let responseTooLarge = Status(
        .resourceExhausted, "vaultd: the answer is too large; ask for less with a limit")
    static let badMemberURLs = etcd(.invalidArgument, "given member URLs are invalid")
    static let memberNotFound = etcd(.notFound, "member not found")
    static let notEnoughMembers = etcd(
        .failedPrecondition, "re-configuration failed due to not enough started members")
    static let notALearner = etcd(.failedPrecondition, "can only promote a learner member")
    static let badTransferee = etcd(.failedPrecondition, "bad leader transferee")
    static let badDowngradeFormat = etcd(.invalidArgument, "wrong downgrade target version format")
    static let badDowngradeTarget = etcd(.invalidArgument, "invalid downgrade target version")
    static let noDowngrade = etcd(.failedPrecondition, "no inflight downgrade job")
    /// etcd's text; its code is UNKNOWN, for a request that is plainly wrong.
    static let noLeaderKey = Status(.invalidArgument, "\"leader\" field must be provided")
    static let unknownMethod = etcd(.unknown, "unknown method")
    static let emptyReflectionRequest = Status(
        .invalidArgument, "vaultd: the request names no file, symbol or extension")
    static let unknownHealthService = Status(.notFound, "unknown service")

    static func status(of error: StoreError) -> Status {
        switch error {
        case .emptyKey: etcd(.invalidArgument, "key is not provided")
        case .keyNotFound: etcd(.invalidArgument, "key not found")
        case .valueProvided: etcd(.invalidArgument, "value is provided")
        case .leaseProvided: etcd(.invalidArgument, "lease is provided")
        case .leaseNotFound: etcd(.notFound, "requested lease not found")
        case .leaseExists: etcd(.failedPrecondition, "lease already exists")
        case .leaseTTLTooLarge: etcd(.outOfRange, "too large lease TTL")
        case .tooManyLeases: vaultd(.resourceExhausted, "too many leases; revoke some")
        case .tooManyOperations: etcd(.invalidArgument, "too many operations in txn request")
        case .tooManyKeys:
            vaultd(
                .resourceExhausted,
                "the transaction reads too many keys; read them before it, and compare")
        case .tooManyBytes:
            vaultd(
                .resourceExhausted,
                "the answer to a write would be too large; read what it returns before it")
        case .answersUnread: .tooMuchUnread
        case .duplicateKey: etcd(.invalidArgument, "duplicate key given in txn request")
        case .invalidSortOption: etcd(.invalidArgument, "invalid sort option")
        case .compacted: etcd(.outOfRange, "mvcc: required revision has been compacted")
        case .futureRevision: etcd(.outOfRange, "mvcc: required revision is a future revision")
        case .corrupt: etcd(.dataLoss, "corrupt cluster")
        case .readOnly:
            vaultd(.failedPrecondition, "read-only: opened with damage accepted")
        case .tooManyAlarms:
            vaultd(.resourceExhausted, "too many alarms; disarm some")
        case .noSpace: etcd(.resourceExhausted, "mvcc: database space exceeded")
        case .requestTooLarge: requestTooLarge
        case .overloaded: tooManyRequests
        case .destroyedMeanwhile:
            vaultd(.unavailable, "a key was destroyed while it was read; try again")
        case .recordsInUse:
            vaultd(
                .unavailable,
                "all records are being copied or verified; try again when that is over")
        case .damaged(let what):
            vaultd(.dataLoss, "the data is damaged: \(what); restore a backup")
        case .unsupportedFormat(let version): unsupportedFormat(version)
        case .closed: sealed
        case .inUse: vaultd(.failedPrecondition, "the data directory is in use; stop the other one")
        case .diskFull: vaultd(.resourceExhausted, "the disk is full; free some space")
        case .storage(let what):
            vaultd(.internal, "storage failed: \(what); make the disk well, then restart vaultd")
        }
    }

    /// The same for who asks how the vault is.
    static func text(of error: StoreError) -> String {
        let message = status(of: error).message
        return message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? message
    }

    static func status(of error: SealError) -> Status {
        switch error {
        case .notInitialized: notInitialized
        case .alreadyInitialized: alreadyInitialized
        case .wrongKey:
            vaultd(.unauthenticated, "wrong key: it opens no slot of this vault")
        case .damaged(let what):
            vaultd(.dataLoss, "the keyring is damaged: \(what); restore a backup")
        case .unsupportedFormat(let version): unsupportedFormat(version)
        case .unknownDataKey(let number):
            vaultd(.dataLoss, "data key \(number) is missing; restore a backup")
        case .noSlotOfThatKind:
            vaultd(.unauthenticated, "wrong key: the vault has no slot of that kind")
        case .unsafeParameters(let what):
            vaultd(.dataLoss, "the keyring asks for unsafe parameters: \(what); restore a backup")
        case .invalidSlot(let what): vaultd(.invalidArgument, what)
        case .noSuchSlot(let id):
            vaultd(.notFound, "there is no key slot \(id); 'vaultctl keyslot list' shows them")
        case .lastSlot:
            vaultd(
                .failedPrecondition,
                "it is the last key slot, and without it nobody opens the vault; add another first")
        case .slotNeedsItsCredential(let id):
            vaultd(
                .failedPrecondition,
                "key slot \(id) is too old to be given a new root key; replace it first")
        case .unprovenSlot(let id):
            vaultd(
                .dataLoss,
                "key slot \(id) may be of a vault that somebody put in the place of this one; "
                    + "use another slot, or see unproven_slots in the configuration")
        case .dataKeyInUse(let number):
            vaultd(.failedPrecondition, "records are still sealed under data key \(number)")
        case .closed: sealed
        case .memory(let error): status(of: error)
        case .system(let number, let operation):
            vaultd(.internal, "\(operation): \(systemErrorText(number)); see the log")
        }
    }

    static func status(of error: ShareError) -> Status {
        switch error {
        case .malformed:
            vaultd(
                .unauthenticated,
                "wrong key: that is not a share, which begins with vds1 and has 17 groups")
        case .mistyped(let groups) where groups.isEmpty:
            vaultd(.unauthenticated, "wrong key: the share is mistyped somewhere")
        case .mistyped(let groups):
            vaultd(
                .unauthenticated,
                "wrong key: the share is mistyped in group "
                    + groups.map(String.init).joined(separator: ", ") + " of 17")
        case .unsupportedVersion: vaultd(.unimplemented, "format of the share is not supported")
        case .otherSet(let expected, let given):
            vaultd(
                .unauthenticated,
                "wrong key: the share is of set \(ShareSet.text(ofID: given)), and those given so "
                    + "far are of set \(ShareSet.text(ofID: expected))")
        case .repeated(let index):
            vaultd(.failedPrecondition, "already given: share \(index) of this set")
        case .memory(let error): status(of: error)
        }
    }

    static func status(of error: SodiumError) -> Status {
        vaultd(
            .internal,
            "no guarded memory for keys (\(error)); raise the limit of locked memory")
    }

    static func status(of error: VaultError) -> Status {
        switch error {
        case .notInitialized: notInitialized
        case .alreadyInitialized: alreadyInitialized
        case .sealed: sealed
        case .alreadyUnsealed: vaultd(.failedPrecondition, "already unsealed")
        case .busy:
            vaultd(.failedPrecondition, "another init, unseal or seal is under way; wait for it")
        case .tooManyAttempts:
            vaultd(.resourceExhausted, "too many attempts to unseal; try again in a while")
        case .invalidRequest(let what): vaultd(.invalidArgument, what)
        case .unsupported(let what): vaultd(.unimplemented, what)
        case .share(let error): status(of: error)
        case .foreignShare(let set):
            vaultd(
                .unauthenticated,
                "wrong key: the share is of set \(ShareSet.text(ofID: set)), which opens no slot "
                    + "of this vault")
        case .seal(let error): status(of: error)
        case .store(let error): status(of: error)
        case .directory(let error): status(of: error)
        case .audit(let error):
            vaultd(.unavailable, "the audit log cannot be opened: \(error); see to its directory")
        case .archiveOfAnotherTimeline:
            vaultd(
                .failedPrecondition,
                "the archive is of an older life of the vault, which was restored since; "
                    + "make a full one, without --since")
        case .access(let error): status(of: error)
        }
    }

    static var backupUnderWay: Status {
        vaultd(.resourceExhausted, "other backups are under way; try again when they are over")
    }

    static func status(of error: AccessError) -> Status {
        switch error {
        case .userNameEmpty, .roleNameEmpty, .permissionNotGiven, .invalidManagement,
            .authenticationFailed:
            etcd(.invalidArgument, error.description)
        case .userExists, .userNotFound, .roleExists, .roleNotFound, .roleNotGranted,
            .permissionNotGranted, .rootUserMissing, .rootRoleMissing, .loginDisabled:
            etcd(.failedPrecondition, error.description)
        case .invalidToken: etcd(.unauthenticated, error.description)
        case .permissionDenied: permissionDenied
        case .principalWithPassword, .malformedPrincipal, .unmappedPrincipal, .malformedName,
            .nameTooLong, .keyTooLong, .passwordTooLong, .unsafePasswordCost:
            vaultd(.invalidArgument, error.description)
        case .tooManyUsers, .tooManyRoles, .tooManyRolesOfUser, .tooManyPermissions,
            .bookTooLarge, .tooManyAttempts, .hashingFailed:
            vaultd(.resourceExhausted, error.description)
        case .damaged: vaultd(.dataLoss, error.description + "; restore a backup")
        case .unsupportedFormat: vaultd(.unimplemented, error.description)
        }
    }

    static let badExplanation = Status(
        .invalidArgument,
        "vaultd: ask about an action and a key, or a range that is not empty")

    static func status(of error: DataDirectoryError) -> Status {
        switch error {
        case .unsupportedFormat(_, let version): unsupportedFormat(version)
        case .damaged, .incomplete: vaultd(.dataLoss, error.description)
        case .notADirectory, .wrongKind, .wrongOwner, .looseMode, .inUse, .system:
            vaultd(.failedPrecondition, error.description)
        }
    }

    /// The server ends, and with it what would go on for ever.
    static var stopping: Status { etcd(.unavailable, "server stopped") }

    /// A version that never was, or is not kept any more.
    static var noSuchVersion: Status {
        vaultd(.notFound, "the key has no version of that revision, or it was compacted")
    }

    /// What etcd's gRPC layer says of a message that it cannot read.
    static func status(of error: WireError) -> Status {
        Status(.internal, "grpc: error unmarshalling request: \(error.reason)")
    }

    static var notInitialized: Status { vaultd(.failedPrecondition, "not initialised") }

    private static var alreadyInitialized: Status {
        vaultd(.failedPrecondition, "already initialised")
    }

    private static func unsupportedFormat(_ version: Int) -> Status {
        vaultd(.unimplemented, "format \(version) is not supported")
    }

    private static func etcd(_ code: StatusCode, _ text: String) -> Status {
        Status(code, "etcdserver: " + text)
    }

    private static func vaultd(_ code: StatusCode, _ text: String) -> Status {
        Status(code, "vaultd: " + text)
    }
}
