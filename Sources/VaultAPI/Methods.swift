/// Every RPC of the API, one list a service. A test compares it with the `.proto` files.
public enum Methods {
    /// `etcdserverpb.KV`.
    public enum KV {
        /// The service's full name.
        public static let service = "etcdserverpb.KV"
        /// `RangeRequest` to `RangeResponse`.
        public static let range = Method(service, "Range")
        /// `PutRequest` to `PutResponse`.
        public static let put = Method(service, "Put")
        /// `DeleteRangeRequest` to `DeleteRangeResponse`.
        public static let deleteRange = Method(service, "DeleteRange")
        /// `TxnRequest` to `TxnResponse`.
        public static let txn = Method(service, "Txn")
        /// `CompactionRequest` to `CompactionResponse`.
        public static let compact = Method(service, "Compact")
        /// Every method of the service.
        public static let all = [range, put, deleteRange, txn, compact]
    }

    /// `etcdserverpb.Watch`.
    public enum Watch {
        /// The service's full name.
        public static let service = "etcdserverpb.Watch"
        /// `stream WatchRequest` to `stream WatchResponse`.
        public static let watch = Method(service, "Watch", .bidirectional)
        /// Every method of the service.
        public static let all = [watch]
    }

    /// `etcdserverpb.Lease`.
    public enum Lease {
        /// The service's full name.
        public static let service = "etcdserverpb.Lease"
        /// `LeaseGrantRequest` to `LeaseGrantResponse`.
        public static let leaseGrant = Method(service, "LeaseGrant")
        /// `LeaseRevokeRequest` to `LeaseRevokeResponse`.
        public static let leaseRevoke = Method(service, "LeaseRevoke")
        /// `stream LeaseKeepAliveRequest` to `stream LeaseKeepAliveResponse`.
        public static let leaseKeepAlive = Method(service, "LeaseKeepAlive", .bidirectional)
        /// `LeaseTimeToLiveRequest` to `LeaseTimeToLiveResponse`.
        public static let leaseTimeToLive = Method(service, "LeaseTimeToLive")
        /// `LeaseLeasesRequest` to `LeaseLeasesResponse`.
        public static let leaseLeases = Method(service, "LeaseLeases")
        /// Every method of the service.
        public static let all = [
            leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases,
        ]
    }

    /// `etcdserverpb.Cluster`.
    public enum Cluster {
        /// The service's full name.
        public static let service = "etcdserverpb.Cluster"
        /// `MemberAddRequest` to `MemberAddResponse`.
        public static let memberAdd = Method(service, "MemberAdd")
        /// `MemberRemoveRequest` to `MemberRemoveResponse`.
        public static let memberRemove = Method(service, "MemberRemove")
        /// `MemberUpdateRequest` to `MemberUpdateResponse`.
        public static let memberUpdate = Method(service, "MemberUpdate")
        /// `MemberListRequest` to `MemberListResponse`.
        public static let memberList = Method(service, "MemberList")
        /// `MemberPromoteRequest` to `MemberPromoteResponse`.
        public static let memberPromote = Method(service, "MemberPromote")
        /// Every method of the service.
        public static let all = [memberAdd, memberRemove, memberUpdate, memberList, memberPromote]
    }

    /// `etcdserverpb.Maintenance`.
    public enum Maintenance {
        /// The service's full name.
        public static let service = "etcdserverpb.Maintenance"
        /// `AlarmRequest` to `AlarmResponse`.
        public static let alarm = Method(service, "Alarm")
        /// `StatusRequest` to `StatusResponse`.
        public static let status = Method(service, "Status")
        /// `DefragmentRequest` to `DefragmentResponse`.
        public static let defragment = Method(service, "Defragment")
        /// `HashRequest` to `HashResponse`.
        public static let hash = Method(service, "Hash")
        /// `HashKVRequest` to `HashKVResponse`.
        public static let hashKV = Method(service, "HashKV")
        /// `SnapshotRequest` to `stream SnapshotResponse`.
        public static let snapshot = Method(service, "Snapshot", .serverStream)
        /// `MoveLeaderRequest` to `MoveLeaderResponse`.
        public static let moveLeader = Method(service, "MoveLeader")
        /// `DowngradeRequest` to `DowngradeResponse`.
        public static let downgrade = Method(service, "Downgrade")
        /// Every method of the service.
        public static let all = [
            alarm, status, defragment, hash, hashKV, snapshot, moveLeader, downgrade,
        ]
    }

    /// `etcdserverpb.Auth`.
    public enum Auth {
        /// The service's full name.
        public static let service = "etcdserverpb.Auth"
        /// `AuthEnableRequest` to `AuthEnableResponse`.
        public static let authEnable = Method(service, "AuthEnable")
        /// `AuthDisableRequest` to `AuthDisableResponse`.
        public static let authDisable = Method(service, "AuthDisable")
        /// `AuthStatusRequest` to `AuthStatusResponse`.
        public static let authStatus = Method(service, "AuthStatus")
        /// `AuthenticateRequest` to `AuthenticateResponse`.
        public static let authenticate = Method(service, "Authenticate")
        /// `AuthUserAddRequest` to `AuthUserAddResponse`.
        public static let userAdd = Method(service, "UserAdd")
        /// `AuthUserGetRequest` to `AuthUserGetResponse`.
        public static let userGet = Method(service, "UserGet")
        /// `AuthUserListRequest` to `AuthUserListResponse`.
        public static let userList = Method(service, "UserList")
        /// `AuthUserDeleteRequest` to `AuthUserDeleteResponse`.
        public static let userDelete = Method(service, "UserDelete")
        /// `AuthUserChangePasswordRequest` to `AuthUserChangePasswordResponse`.
        public static let userChangePassword = Method(service, "UserChangePassword")
        /// `AuthUserGrantRoleRequest` to `AuthUserGrantRoleResponse`.
        public static let userGrantRole = Method(service, "UserGrantRole")
        /// `AuthUserRevokeRoleRequest` to `AuthUserRevokeRoleResponse`.
        public static let userRevokeRole = Method(service, "UserRevokeRole")
        /// `AuthRoleAddRequest` to `AuthRoleAddResponse`.
        public static let roleAdd = Method(service, "RoleAdd")
        /// `AuthRoleGetRequest` to `AuthRoleGetResponse`.
        public static let roleGet = Method(service, "RoleGet")
        /// `AuthRoleListRequest` to `AuthRoleListResponse`.
        public static let roleList = Method(service, "RoleList")
        /// `AuthRoleDeleteRequest` to `AuthRoleDeleteResponse`.
        public static let roleDelete = Method(service, "RoleDelete")
        /// `AuthRoleGrantPermissionRequest` to `AuthRoleGrantPermissionResponse`.
        public static let roleGrantPermission = Method(service, "RoleGrantPermission")
        /// `AuthRoleRevokePermissionRequest` to `AuthRoleRevokePermissionResponse`.
        public static let roleRevokePermission = Method(service, "RoleRevokePermission")
        /// Every method of the service.
        public static let all = [
            authEnable, authDisable, authStatus, authenticate, userAdd, userGet, userList,
            userDelete, userChangePassword, userGrantRole, userRevokeRole, roleAdd, roleGet,
            roleList, roleDelete, roleGrantPermission, roleRevokePermission,
        ]
    }

    /// `v3lockpb.Lock`.
    public enum Lock {
        /// The service's full name.
        public static let service = "v3lockpb.Lock"
        /// `LockRequest` to `LockResponse`.
        public static let lock = Method(service, "Lock")
        /// `UnlockRequest` to `UnlockResponse`.
        public static let unlock = Method(service, "Unlock")
        /// Every method of the service.
        public static let all = [lock, unlock]
    }

    /// `v3electionpb.Election`.
    public enum Election {
        /// The service's full name.
        public static let service = "v3electionpb.Election"
        /// `CampaignRequest` to `CampaignResponse`.
        public static let campaign = Method(service, "Campaign")
        /// `ProclaimRequest` to `ProclaimResponse`.
        public static let proclaim = Method(service, "Proclaim")
        /// `LeaderRequest` to `LeaderResponse`.
        public static let leader = Method(service, "Leader")
        /// `LeaderRequest` to `stream LeaderResponse`.
        public static let observe = Method(service, "Observe", .serverStream)
        /// `ResignRequest` to `ResignResponse`.
        public static let resign = Method(service, "Resign")
        /// Every method of the service.
        public static let all = [campaign, proclaim, leader, observe, resign]
    }

    /// `grpc.health.v1.Health`.
    public enum Health {
        /// The service's full name.
        public static let service = "grpc.health.v1.Health"
        /// `HealthCheckRequest` to `HealthCheckResponse`.
        public static let check = Method(service, "Check")
        /// `HealthCheckRequest` to `stream HealthCheckResponse`.
        public static let watch = Method(service, "Watch", .serverStream)
        /// Every method of the service.
        public static let all = [check, watch]
    }

    /// `grpc.reflection.v1.ServerReflection`.
    public enum Reflection {
        /// The service's full name.
        public static let service = "grpc.reflection.v1.ServerReflection"
        /// `stream ServerReflectionRequest` to `stream ServerReflectionResponse`.
        public static let serverReflectionInfo = Method(
            service, "ServerReflectionInfo", .bidirectional)
        /// Every method of the service.
        public static let all = [serverReflectionInfo]
    }

    /// `grpc.reflection.v1alpha.ServerReflection`.
    public enum ReflectionAlpha {
        /// The service's full name.
        public static let service = "grpc.reflection.v1alpha.ServerReflection"
        /// `stream ServerReflectionRequest` to `stream ServerReflectionResponse`.
        public static let serverReflectionInfo = Method(
            service, "ServerReflectionInfo", .bidirectional)
        /// Every method of the service.
        public static let all = [serverReflectionInfo]
    }

    /// `vault.v1.Access`.
    public enum Access {
        /// The service's full name.
        public static let service = "vault.v1.Access"
        /// `WhoAmIRequest` to `WhoAmIResponse`.
        public static let whoAmI = Method(service, "WhoAmI")
        /// `AllowRequest` to `AllowResponse`.
        public static let allow = Method(service, "Allow")
        /// `DenyRequest` to `DenyResponse`.
        public static let deny = Method(service, "Deny")
        /// `ExplainRequest` to `ExplainResponse`.
        public static let explain = Method(service, "Explain")
        /// Every method of the service.
        public static let all = [whoAmI, allow, deny, explain]
    }

    /// `vault.v1.Audit`.
    public enum Audit {
        /// The service's full name.
        public static let service = "vault.v1.Audit"
        /// `HashKeyRequest` to `HashKeyResponse`.
        public static let hashKey = Method(service, "HashKey")
        /// `AuditStateRequest` to `AuditStateResponse`.
        public static let state = Method(service, "State")
        /// `ResumeRequest` to `ResumeResponse`.
        public static let resume = Method(service, "Resume")
        /// Every method of the service.
        public static let all = [hashKey, state, resume]
    }

    /// `vault.v1.KeySlots`.
    public enum KeySlots {
        /// The service's full name.
        public static let service = "vault.v1.KeySlots"
        /// `AddSlotRequest` to `AddSlotResponse`.
        public static let add = Method(service, "Add")
        /// `ReplaceSlotRequest` to `AddSlotResponse`.
        public static let replace = Method(service, "Replace")
        /// `RemoveSlotRequest` to `RemoveSlotResponse`.
        public static let remove = Method(service, "Remove")
        /// `TestSlotRequest` to `TestSlotResponse`.
        public static let test = Method(service, "Test")
        /// Every method of the service.
        public static let all = [add, replace, remove, test]
    }

    /// `vault.v1.KeyRotation`.
    public enum KeyRotation {
        /// The service's full name.
        public static let service = "vault.v1.KeyRotation"
        /// `RotateRequest` to `RotateResponse`.
        public static let rotate = Method(service, "Rotate")
        /// `RewrapRequest` to `stream RewrapProgress`.
        public static let rewrap = Method(service, "Rewrap", .serverStream)
        /// `RewrapStatusRequest` to `RewrapProgress`.
        public static let rewrapStatus = Method(service, "RewrapStatus")
        /// `DestroyRequest` to `DestroyResponse`.
        public static let destroy = Method(service, "Destroy")
        /// Every method of the service.
        public static let all = [rotate, rewrap, rewrapStatus, destroy]
    }

    /// `vault.v1.Integrity`.
    public enum Integrity {
        /// The service's full name.
        public static let service = "vault.v1.Integrity"
        /// `VerifyRequest` to `stream VerifyProgress`.
        public static let verify = Method(service, "Verify", .serverStream)
        /// `DamageRequest` to `DamageReport`.
        public static let damage = Method(service, "Damage")
        /// `CheckRequest` to `CheckResponse`.
        public static let check = Method(service, "Check")
        /// Every method of the service.
        public static let all = [verify, damage, check]
    }

    /// `vault.v1.Backup`.
    public enum Backup {
        /// The service's full name.
        public static let service = "vault.v1.Backup"
        /// `CreateArchiveRequest` to `stream ArchiveBlob`.
        public static let create = Method(service, "Create", .serverStream)
        /// `ConfirmArchiveRequest` to `ConfirmArchiveResponse`.
        public static let confirm = Method(service, "Confirm")
        /// `BackupStateRequest` to `BackupStateResponse`.
        public static let state = Method(service, "State")
        /// `AcceptRequest` to `AcceptResponse`.
        public static let accept = Method(service, "Accept")
        /// Every method of the service.
        public static let all = [create, confirm, state, accept]
    }

    /// `vault.v1.Vault`.
    public enum Vault {
        /// The service's full name.
        public static let service = "vault.v1.Vault"
        /// `StatusRequest` to `StatusResponse`.
        public static let status = Method(service, "Status")
        /// `InitRequest` to `InitResponse`.
        public static let initialize = Method(service, "Init")
        /// `UnsealRequest` to `stream UnsealProgress`.
        public static let unseal = Method(service, "Unseal", .serverStream)
        /// `SealRequest` to `SealResponse`.
        public static let seal = Method(service, "Seal")
        /// `HistoryRequest` to `HistoryResponse`.
        public static let history = Method(service, "History")
        /// `VersionRequest` to `VersionResponse`.
        public static let version = Method(service, "Version")
        /// Every method of the service.
        public static let all = [status, initialize, unseal, seal, history, version]
    }

    /// Every method of every service.
    public static let all: [Method] =
        KV.all + Watch.all + Lease.all + Cluster.all + Maintenance.all + Auth.all
        + Lock.all + Election.all + Health.all + Reflection.all + ReflectionAlpha.all + Vault.all
        + KeySlots.all + KeyRotation.all + Integrity.all
        + Access.all + Audit.all + Backup.all
}
