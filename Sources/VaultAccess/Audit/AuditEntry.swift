/// One request, as the audit log keeps it. There is no place for a value, a token or a password.
///
/// Pointers are borrowed: valid until `AuditBatch.append` returns.
public struct AuditEntry {
    /// Microseconds since 1970, by the machine's clock. May go back.
    public var time: Int64
    /// Who asked. The user is never what a client *gave* as a name and could not prove: people
    /// type passwords there.
    public var caller: AuditCaller
    public var calledMethod: AuditMethod
    /// The key that the request names, when there is one.
    public var key: UnsafeRawBufferPointer?
    /// etcd's range_end as the request had it; nil or empty for one key.
    public var rangeEnd: UnsafeRawBufferPointer?
    /// A transaction's operations, in order; the first `AuditLimits.operationsMax` may do.
    public var operations: [AuditOperation] = []
    /// How many operations there are, when `operations` are only the first.
    public var operationCount = 0
    public var decision: AuditDecision
    public var status: AuditStatus
    /// Whose rights the request changes or looks up: the name of a user, a principal or a role,
    /// given by somebody who may do that.
    public var target: String?
    /// The store's revision that the answer tells of, when it does.
    public var revision: Int64?
    /// The requester is an administrator, whose lines also fit into the reserve.
    public var isAdministrator = false

    public init(
        time: Int64, caller: AuditCaller, calledMethod: AuditMethod, decision: AuditDecision,
        status: AuditStatus
    ) {
        self.time = time
        self.caller = caller
        self.calledMethod = calledMethod
        self.decision = decision
        self.status = status
    }

    /// Puts caller and method into words, which whoever has many requests of them does once.
    public init(
        time: Int64, peer: PeerIdentity, method: String, decision: AuditDecision,
        status: AuditStatus
    ) {
        self.init(
            time: time, caller: AuditCaller(peer: peer), calledMethod: AuditMethod(method),
            decision: decision, status: status)
    }

    /// The systemd service that the peer is in.
    public var unit: String? {
        get { caller.unit }
        set { caller = AuditCaller(peer: caller.peer, unit: newValue, user: caller.user) }
    }

    /// The user of the access book whom the request is charged to.
    public var user: String? {
        get { caller.user }
        set { caller = AuditCaller(peer: caller.peer, unit: caller.unit, user: newValue) }
    }

    /// The method's path without the leading slash: "etcdserverpb.KV/Range".
    public var method: String {
        get { calledMethod.name }
        set { calledMethod = AuditMethod(newValue) }
    }
}
