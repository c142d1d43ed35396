import RPC
import VaultAccess
import VaultStore

/// What is known of one unary call: who makes it, and what the audit log will say of it. One object
/// serves the calls of a stream's slot one after the other.
///
/// SAFETY (@unchecked Sendable): whoever works on the call has it, from the event loop to the one
/// that answers and, through the answer's posting, back.
final class CallRecord: CallNote, @unchecked Sendable {
    private(set) var identity: CallerIdentity
    private(set) var method: AuditMethod
    /// Authorization said no.
    var isRefused = false
    /// Whose rights the call is about. Only where the caller may do what it asks: others could
    /// write anything into the log, and people type passwords where names belong.
    var target: String?
    /// The store's revision that the answer tells of.
    var revision: Int64?
    private(set) var key: Bytes = []
    private(set) var rangeEnd: Bytes = []
    private(set) var hasKey = false
    private(set) var operations: [NamedOperation] = []
    private(set) var operationCount = 0
    /// Counted for the caller's quota, until it is answered.
    var owner: QuotaOwner?

    struct NamedOperation {
        var kind: AuditOperation.Kind
        var range: KeyRange
    }

    init(_ identity: CallerIdentity, method: AuditMethod) {
        self.identity = identity
        self.method = method
    }

    /// The object serves another call.
    func begin(_ identity: CallerIdentity, method: AuditMethod) {
        self.identity = identity
        self.method = method
        isRefused = false
        revision = nil
        target = nil
        hasKey = false
        owner = nil
        if operationCount > 0 {
            operations = []
            operationCount = 0
        }
    }

    var rights: Rights { identity.rights }

    /// The key or range that the call is about.
    func names(_ range: KeyRange) {
        if BuildKind.isWithoutAccess { return }
        hasKey = true
        key = range.key
        rangeEnd = range.rangeEnd
    }

    /// The operations of a transaction, nested ones in their place.
    func names(_ transaction: Transaction) {
        if BuildKind.isWithoutAccess { return }
        for comparison in transaction.comparisons { note(.compare, comparison.range) }
        for operation in transaction.success + transaction.failure {
            switch operation {
            case .range(let query): note(.get, query.range)
            case .put(let put): note(.put, KeyRange(key: put.key))
            case .delete(let delete): note(.delete, delete.range)
            case .transaction(let nested): names(nested)
            case .missing: break
            }
        }
    }

    /// A change of users and roles: whose, and which range it is about.
    func note(_ change: AccessChange) {
        switch change {
        case .addUser(let name, _), .deleteUser(let name), .changePassword(let name, _),
            .addRole(let name), .deleteRole(let name):
            target = name
        case .grantRole(let user, let role), .revokeRole(let user, let role):
            target = "\(user) \(role)"
        case .grantPermission(let role, let permission):
            target = role
            names(KeyRange(key: permission.key, rangeEnd: permission.rangeEnd))
        case .revokePermission(let role, let key, let rangeEnd):
            target = role
            names(KeyRange(key: key, rangeEnd: rangeEnd))
        case .enableLogin, .disableLogin: break
        case .allow(let principal, let permission), .deny(let principal, let permission):
            target = principal.description
            names(KeyRange(key: permission.key, rangeEnd: permission.rangeEnd))
        }
    }

    private func note(_ kind: AuditOperation.Kind, _ range: KeyRange) {
        operationCount += 1
        guard operations.count < AuditLimits.operationsMax else { return }
        operations.append(NamedOperation(kind: kind, range: range))
    }

    /// The refusal of what the caller may not do.
    func refuse() -> UnaryAnswer {
        isRefused = true
        return .failure(StatusTable.permissionDenied)
    }
}

extension UnaryCall {
    /// What the gate made for this call. A call that came past it has no rights.
    var record: CallRecord {
        guard let record = note as? CallRecord else {
            preconditionFailure("no call reaches a handler without a record")
        }
        return record
    }
}
