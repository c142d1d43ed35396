import VaultAPI

/// What a caller must be, or hold, for a method.
///
/// A route's mark is the raw value, so that one without a mark is for administrators.
enum Requirement: Int, Sendable {
    /// An administrator. Zero, which is what a route without a mark has.
    case administrator = 0
    /// Anyone whom the socket lets in; says nothing about the vault but whether it serves.
    case anyone
    /// Somebody whom the rules name, whatever they allow. Nothing about keys is said.
    case member
    /// Permission to read the keys that the request names: reading them all, or getting the one.
    case readKeys
    /// The role "backup", which gives nothing else.
    case backup
    /// The role "monitor", which gives numbers of the vault and nothing of what is in it.
    case monitor
    /// Write permission on the keys that the request names, and read permission where it returns
    /// what was there.
    case writeKeys
}

/// Every method of the API and who may call it. A test fails when one is missing.
///
/// Refusals by this table need no byte of the request; the handlers decide what depends on it.
enum Permissions {
    /// What is answered over HTTP/1.1.
    static let plain: [String: Requirement] = [
        "/livez": .anyone,
        "/readyz": .anyone,
        "/health": .anyone,
        "/version": .anyone,
        "/metrics": .monitor,
    ]

    static let table: [Method: Requirement] = [
        Methods.KV.range: .readKeys,
        Methods.KV.put: .writeKeys,
        Methods.KV.deleteRange: .writeKeys,
        Methods.KV.txn: .writeKeys,
        Methods.KV.compact: .administrator,

        Methods.Watch.watch: .readKeys,

        Methods.Lease.leaseGrant: .member,
        Methods.Lease.leaseRevoke: .writeKeys,
        Methods.Lease.leaseKeepAlive: .writeKeys,
        Methods.Lease.leaseTimeToLive: .readKeys,
        Methods.Lease.leaseLeases: .administrator,

        Methods.Cluster.memberAdd: .administrator,
        Methods.Cluster.memberRemove: .administrator,
        Methods.Cluster.memberUpdate: .administrator,
        Methods.Cluster.memberList: .member,
        Methods.Cluster.memberPromote: .administrator,

        // To look at; raising and taking back are for administrators.
        Methods.Maintenance.alarm: .member,
        Methods.Maintenance.status: .member,
        Methods.Maintenance.defragment: .administrator,
        Methods.Maintenance.hash: .administrator,
        Methods.Maintenance.hashKV: .administrator,
        Methods.Maintenance.snapshot: .administrator,
        Methods.Maintenance.moveLeader: .administrator,
        Methods.Maintenance.downgrade: .administrator,

        Methods.Auth.authEnable: .administrator,
        Methods.Auth.authDisable: .administrator,
        Methods.Auth.authStatus: .member,
        Methods.Auth.authenticate: .anyone,
        Methods.Auth.userAdd: .administrator,
        Methods.Auth.userGet: .member,
        Methods.Auth.userList: .administrator,
        Methods.Auth.userDelete: .administrator,
        Methods.Auth.userChangePassword: .administrator,
        Methods.Auth.userGrantRole: .administrator,
        Methods.Auth.userRevokeRole: .administrator,
        Methods.Auth.roleAdd: .administrator,
        Methods.Auth.roleGet: .member,
        Methods.Auth.roleList: .administrator,
        Methods.Auth.roleDelete: .administrator,
        Methods.Auth.roleGrantPermission: .administrator,
        Methods.Auth.roleRevokePermission: .administrator,

        Methods.Lock.lock: .writeKeys,
        Methods.Lock.unlock: .writeKeys,

        Methods.Election.campaign: .writeKeys,
        Methods.Election.proclaim: .writeKeys,
        Methods.Election.leader: .readKeys,
        Methods.Election.observe: .readKeys,
        Methods.Election.resign: .writeKeys,

        Methods.Health.check: .anyone,
        Methods.Health.watch: .anyone,

        Methods.Reflection.serverReflectionInfo: .member,
        Methods.ReflectionAlpha.serverReflectionInfo: .member,

        Methods.Vault.status: .member,
        Methods.Vault.initialize: .administrator,
        Methods.Vault.unseal: .administrator,
        Methods.Vault.seal: .administrator,
        Methods.Vault.history: .readKeys,
        Methods.Vault.version: .readKeys,

        Methods.KeySlots.add: .administrator,
        Methods.KeySlots.replace: .administrator,
        Methods.KeySlots.remove: .administrator,
        Methods.KeySlots.test: .administrator,

        Methods.KeyRotation.rotate: .administrator,
        Methods.KeyRotation.rewrap: .administrator,
        Methods.KeyRotation.rewrapStatus: .administrator,
        Methods.KeyRotation.destroy: .administrator,

        Methods.Backup.create: .backup,
        Methods.Backup.confirm: .backup,
        Methods.Backup.state: .backup,
        Methods.Backup.accept: .administrator,

        Methods.Integrity.verify: .administrator,
        Methods.Integrity.damage: .administrator,
        Methods.Integrity.check: .administrator,

        Methods.Access.whoAmI: .anyone,
        Methods.Access.allow: .administrator,
        Methods.Access.deny: .administrator,
        Methods.Access.explain: .anyone,

        Methods.Audit.hashKey: .administrator,
        Methods.Audit.state: .administrator,
        Methods.Audit.resume: .administrator,
    ]
}
