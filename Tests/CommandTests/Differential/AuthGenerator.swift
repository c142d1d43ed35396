import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// Seeded operations on users, roles and keys. The first ones make root and turn logins on.
struct AuthGenerator {
    static let users = ["root", "alice", "bob", "carol", "dave"]
    private static let roles = ["root", "r1", "r2", "r3"]
    private static let keys = ["a", "b", "b/1", "b/2", "c", "d", "e"]

    private var random: SeededRandom
    private var opening: [AuthRequest]
    /// Who logs in after that.
    private var waiting: [String] = []
    private var passwords: [String: String] = [:]
    /// vaultd limits how fast passwords may be tried; a run keeps below that.
    private var loginsLeft = 36
    private var failuresLeft = 4
    /// Whose tokens are no good any more.
    private var ended: Set<String> = []
    /// Ranges of each role's permissions.
    private var granted: [String: Set<KeyRange>] = [:]

    private struct KeyRange: Hashable {
        let key: Data
        let end: Data
    }

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        opening = []
        for user in Self.users { opening.append(addUser(user, by: nil)) }
        for role in Self.roles.dropFirst() { opening.append(addRole(role, by: nil)) }
        for _ in 0..<12 { opening.append(change(by: nil)) }
        opening.append(enable(by: nil))
        opening.append(
            AuthRequest(
                nil, Methods.Auth.userGrantRole,
                Etcdserverpb_AuthUserGrantRoleRequest.with {
                    $0.user = "root"
                    $0.role = "root"
                }))
        opening.append(enable(by: nil))
        opening.reverse()
        waiting = Self.users
    }

    mutating func next(isKnown: (String) -> Bool) -> AuthRequest {
        if let request = opening.popLast() { return request }
        if !waiting.isEmpty { return login(waiting.removeFirst()) }
        let isAny = random.once(in: 6)
        let known = Self.users.filter { isKnown($0) && (isAny || !ended.contains($0)) }
        let other = known.isEmpty ? "root" : random.pick(known)
        switch random.next() % 100 {
        case 0..<45: return keys(by: other)
        case 45..<75: return change(by: "root")
        case 75..<83: return change(by: other)
        case 83..<92: return look(by: other)
        case 92..<96: return open(by: other)
        // Most of all those who are out.
        default: return login(random.pick(ended.isEmpty ? Self.users : ended.sorted()))
        }
    }

    /// What the oracle answered: who has which password, and how many tries are left.
    mutating func learn(_ request: AuthRequest, _ answer: AuthAnswer) {
        guard case .message = answer else {
            if request.login != nil { failuresLeft -= 1 }
            if case .failure(code: 16, _) = answer, let user = request.user { ended.insert(user) }
            return
        }
        if let user = request.login { ended.remove(user) }
        switch request.message {
        case let add as Etcdserverpb_AuthUserAddRequest: passwords[add.name] = add.password
        case let change as Etcdserverpb_AuthUserChangePasswordRequest:
            passwords[change.name] = change.password
        case let delete as Etcdserverpb_AuthUserDeleteRequest: passwords[delete.name] = nil
        case let delete as Etcdserverpb_AuthRoleDeleteRequest: granted[delete.role] = nil
        case let grant as Etcdserverpb_AuthRoleGrantPermissionRequest:
            guard request.malformedPermission == nil else { break }
            granted[grant.name, default: []].insert(
                KeyRange(key: grant.perm.key, end: grant.perm.rangeEnd))
        case let revoke as Etcdserverpb_AuthRoleRevokePermissionRequest:
            granted[revoke.role]?.remove(KeyRange(key: revoke.key, end: revoke.rangeEnd))
        default: break
        }
    }

    // MARK: - Keys

    private mutating func span() -> (key: Data, end: Data) {
        let first = random.pick(Self.keys)
        switch random.next() % 6 {
        case 0:
            return (Data(first.utf8), Data([0]))
        case 1:
            return (Data(first.utf8), Data(first.utf8.dropLast() + [(first.utf8.last ?? 0) + 1]))
        case 2:
            let second = random.pick(Self.keys)
            let (low, high) = (min(first, second), max(first, second))
            return (Data(low.utf8), low == high ? Data() : Data(high.utf8))
        default:
            return (Data(first.utf8), Data())
        }
    }

    private mutating func range() -> Etcdserverpb_RangeRequest {
        let span = span()
        return .with {
            $0.key = span.key
            $0.rangeEnd = span.end
        }
    }

    private mutating func put() -> Etcdserverpb_PutRequest {
        let (key, wantsPrevious) = (random.pick(Self.keys), random.once(in: 4))
        return .with {
            $0.key = Data(key.utf8)
            $0.value = Data("v".utf8)
            $0.prevKv = wantsPrevious
        }
    }

    private mutating func delete() -> Etcdserverpb_DeleteRangeRequest {
        let (span, wantsPrevious) = (span(), random.once(in: 3))
        return .with {
            $0.key = span.key
            $0.rangeEnd = span.end
            $0.prevKv = wantsPrevious
        }
    }

    private mutating func transaction(depth: Int = 0) -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        if random.once(in: 2) {
            let span = span()
            request.compare = [
                .with {
                    $0.key = span.key
                    $0.rangeEnd = span.end
                    $0.target = .version
                    $0.result = .greater
                }
            ]
        }
        // One operation a branch: none of them writes a key twice.
        request.success = [operation(depth)]
        if random.once(in: 2) { request.failure = [operation(depth)] }
        return request
    }

    private mutating func operation(_ depth: Int) -> Etcdserverpb_RequestOp {
        var operation = Etcdserverpb_RequestOp()
        switch random.next() % (depth < 2 ? 4 : 3) {
        case 0: operation.requestRange = range()
        case 1: operation.requestPut = put()
        case 2: operation.requestDeleteRange = delete()
        default: operation.requestTxn = transaction(depth: depth + 1)
        }
        return operation
    }

    private mutating func keys(by user: String) -> AuthRequest {
        switch random.next() % 10 {
        case 0..<4: return AuthRequest(user, Methods.KV.range, range())
        case 4..<6: return AuthRequest(user, Methods.KV.put, put())
        case 6: return AuthRequest(user, Methods.KV.deleteRange, delete())
        case 7..<9: return AuthRequest(user, Methods.KV.txn, transaction())
        default:
            let span = span()
            return AuthRequest(
                user, Methods.Watch.watch,
                Etcdserverpb_WatchRequest.with {
                    $0.createRequest.key = span.key
                    $0.createRequest.rangeEnd = span.end
                })
        }
    }

    /// What 3.4 does not guard, or otherwise.
    private mutating func open(by user: String) -> AuthRequest {
        switch random.next() % 4 {
        case 0:
            return AuthRequest(
                user, Methods.Lease.leaseLeases, Etcdserverpb_LeaseLeasesRequest())
        case 1:
            return AuthRequest(
                user, Methods.KV.compact,
                Etcdserverpb_CompactionRequest.with { $0.revision = 1 << 40 })
        case 2: return AuthRequest(user, Methods.Maintenance.alarm, Etcdserverpb_AlarmRequest())
        default:
            return AuthRequest(user, Methods.Maintenance.hash, Etcdserverpb_HashRequest())
        }
    }
}

// MARK: - Users and roles

extension AuthGenerator {
    private mutating func addUser(_ name: String, by user: String?) -> AuthRequest {
        let isWithout = name != "root" && random.once(in: 6)
        let password = "p\(random.next() % 3)"
        return AuthRequest(
            user, Methods.Auth.userAdd,
            Etcdserverpb_AuthUserAddRequest.with {
                $0.name = name
                $0.options.noPassword = isWithout
                $0.password = isWithout ? "" : password
            })
    }

    private func addRole(_ name: String, by user: String?) -> AuthRequest {
        AuthRequest(
            user, Methods.Auth.roleAdd, Etcdserverpb_AuthRoleAddRequest.with { $0.name = name })
    }

    private func enable(by user: String?) -> AuthRequest {
        AuthRequest(user, Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest())
    }

    private mutating func login(_ name: String) -> AuthRequest {
        // Those without a password fail, too; a few of both are enough.
        let isWrong = waiting.isEmpty && random.once(in: 8)
        let password = isWrong ? "wrong" : passwords[name] ?? ""
        loginsLeft -= 1
        guard loginsLeft > 0, failuresLeft > 0 else { return keys(by: "root") }
        var request = AuthRequest(
            nil, Methods.Auth.authenticate,
            Etcdserverpb_AuthenticateRequest.with {
                $0.name = name
                $0.password = password
            })
        request.login = name
        return request
    }

    private mutating func look(by user: String) -> AuthRequest {
        let (name, role) = (random.pick(Self.users), random.pick(Self.roles))
        switch random.next() % 6 {
        case 0: return AuthRequest(user, Methods.Auth.userList, Etcdserverpb_AuthUserListRequest())
        case 1: return AuthRequest(user, Methods.Auth.roleList, Etcdserverpb_AuthRoleListRequest())
        case 2, 3:
            return AuthRequest(
                user, Methods.Auth.userGet,
                Etcdserverpb_AuthUserGetRequest.with { $0.name = name })
        default:
            return AuthRequest(
                user, Methods.Auth.roleGet,
                Etcdserverpb_AuthRoleGetRequest.with { $0.role = role })
        }
    }

    private mutating func change(by user: String?) -> AuthRequest {
        let (name, role) = (random.pick(Self.users), random.pick(Self.roles))
        switch random.next() % 20 {
        case 0..<8: return grantPermission(role, by: user)
        case 8..<11:
            let span = span()
            return AuthRequest(
                user, Methods.Auth.roleRevokePermission,
                Etcdserverpb_AuthRoleRevokePermissionRequest.with {
                    $0.role = role
                    $0.key = span.key
                    $0.rangeEnd = span.end
                })
        case 11..<15:
            return AuthRequest(
                user, Methods.Auth.userGrantRole,
                Etcdserverpb_AuthUserGrantRoleRequest.with {
                    $0.user = name
                    $0.role = role == "root" && (name != "root" || user == nil) ? "r1" : role
                })
        case 15:
            return AuthRequest(
                user, Methods.Auth.userRevokeRole,
                Etcdserverpb_AuthUserRevokeRoleRequest.with {
                    $0.name = name
                    $0.role = role
                })
        default: return rarer(name, role, by: user)
        }
    }

    private mutating func rarer(_ name: String, _ role: String, by user: String?) -> AuthRequest {
        switch random.next() % 8 {
        case 0:
            // Before logins are on, root could go, and the run with it.
            let name = name == "root" && user == nil ? "dave" : name
            return deleteUser(name, by: user)
        case 1, 2: return addUser(name, by: user)
        case 3:
            return AuthRequest(
                user, Methods.Auth.roleDelete,
                Etcdserverpb_AuthRoleDeleteRequest.with { $0.role = role })
        case 4, 5: return addRole(role, by: user)
        case 6: return enable(by: user)
        default:
            let password = "p\(random.next() % 3)"
            guard name != "root" else { return addRole("", by: user) }
            return AuthRequest(
                user, Methods.Auth.userChangePassword,
                Etcdserverpb_AuthUserChangePasswordRequest.with {
                    $0.name = name
                    $0.password = password
                })
        }
    }

    private func deleteUser(_ name: String, by user: String?) -> AuthRequest {
        AuthRequest(
            user, Methods.Auth.userDelete,
            Etcdserverpb_AuthUserDeleteRequest.with { $0.name = name })
    }

    private mutating func grantPermission(_ role: String, by user: String?) -> AuthRequest {
        let span = span()
        let kind: Authpb_Permission.TypeEnum = random.pick([.read, .write, .readwrite])
        var grant = Etcdserverpb_AuthRoleGrantPermissionRequest.with {
            $0.name = role
            $0.perm.permType = kind
            $0.perm.key = span.key
            $0.perm.rangeEnd = span.end
        }
        let isMalformed = random.once(in: 12)
        if isMalformed {
            grant.perm.key = Data("d".utf8)
            grant.perm.rangeEnd = Data(random.pick(["c", "d"]).utf8)
        }
        let ofKey = granted[role, default: []].filter { $0.key == span.key }
        if ofKey.count > 1, ofKey.contains(KeyRange(key: span.key, end: span.end)) {
            // etcd looks at one permission of a key alone, and has the range twice afterwards, of
            // two kinds, where it should be overwritten. It is taken back instead.
            return AuthRequest(
                user, Methods.Auth.roleRevokePermission,
                Etcdserverpb_AuthRoleRevokePermissionRequest.with {
                    $0.role = role
                    $0.key = span.key
                    $0.rangeEnd = span.end
                })
        }
        var request = AuthRequest(user, Methods.Auth.roleGrantPermission, grant)
        if isMalformed { request.malformedPermission = grant }
        return request
    }
}
