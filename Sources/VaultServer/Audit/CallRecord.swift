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
    /// Whose rights the call changed or asked about. Only names that there are: people type
    /// passwords where names belong.
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
        // Mostly the same: assigning it again would count references, the method's in memory that
        // all event loops write to.
        if self.identity !== identity { self.identity = identity }
        if self.method !== method { self.method = method }
        isRefused = false
        revision = nil
        if target != nil { target = nil }
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

    /// Lends who calls what, and the key or range that it is about, without counting references.
    ///
    /// SAFETY: whoever works on the call has the record, and changes nothing of it within `body`.
    @inline(__always)
    func withNames(
        _ body: (
            CallerIdentity, AuditMethod, _ key: UnsafeRawBufferPointer?,
            _ rangeEnd: UnsafeRawBufferPointer?
        ) -> Void
    ) {
        Unmanaged.passUnretained(identity)._withUnsafeGuaranteedRef { identity in
            Unmanaged.passUnretained(method)._withUnsafeGuaranteedRef { method in
                guard hasKey else { return body(identity, method, nil, nil) }
                key.withUnsafeBytes { key in
                    guard !rangeEnd.isEmpty else { return body(identity, method, key, nil) }
                    rangeEnd.withUnsafeBytes { body(identity, method, key, $0) }
                }
            }
        }
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

    /// The range that a change of users and roles is about, if it is about one.
    func namesRange(of change: AccessChange) {
        switch change {
        case .grantPermission(_, let permission), .allow(_, let permission),
            .deny(_, let permission):
            names(KeyRange(key: permission.key, rangeEnd: permission.rangeEnd))
        case .revokePermission(_, let key, let rangeEnd):
            names(KeyRange(key: key, rangeEnd: rangeEnd))
        case .addUser, .deleteUser, .changePassword, .grantRole, .revokeRole, .addRole,
            .deleteRole, .enableLogin, .disableLogin:
            break
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

extension AccessChange {
    /// Whose rights it changes, by names that exist once it is made.
    var target: String? {
        switch self {
        case .addUser(let name, _), .deleteUser(let name), .changePassword(let name, _),
            .addRole(let name), .deleteRole(let name):
            name
        case .grantRole(let user, let role), .revokeRole(let user, let role): "\(user) \(role)"
        case .grantPermission(let role, _), .revokePermission(let role, _, _): role
        case .allow(let principal, _), .deny(let principal, _): principal.description
        case .enableLogin, .disableLogin: nil
        }
    }
}
