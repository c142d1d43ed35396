public import Sodium

/// Why users, roles or logins could not be changed, read or used. The first group is etcd's, with
/// etcd's meaning; its text is etcd's after "etcdserver: ".
public enum AccessError: Error, Equatable, Sendable {
    /// A user must have a name.
    case userNameEmpty
    /// There is a user of that name. Change it, or delete it first.
    case userExists
    case userNotFound
    /// A role must have a name.
    case roleNameEmpty
    /// There is a role of that name. Change it, or delete it first.
    case roleExists
    case roleNotFound
    /// The user does not have the role that was to be taken from it.
    case roleNotGranted
    /// The request says no permission.
    case permissionNotGiven
    /// The role has no permission of exactly that key and range end.
    case permissionNotGranted
    /// No key can be in that range; or root would be taken away while logins are on.
    case invalidManagement
    /// Logins need a user "root". Add it first.
    case rootUserMissing
    /// Logins need the role "root" on the user "root". Grant it first.
    case rootRoleMissing
    /// Logins are off. Turn them on with `auth enable`.
    case loginDisabled
    /// No such user, no password, or another password: all the same to whoever asks.
    case authenticationFailed
    /// The token is unknown or no longer valid. Log in again.
    case invalidToken
    /// The caller has no right to do that.
    case permissionDenied

    /// The kernel says who a principal is, so that it cannot have a password.
    case principalWithPassword
    /// The name begins like a principal's and is none.
    case malformedPrincipal
    /// 65534 is whoever has no number here; no rule may name it.
    case unmappedPrincipal
    /// Names have no control or invisible characters.
    case malformedName
    case nameTooLong(max: Int)
    case keyTooLong(max: Int)
    case passwordTooLong(max: Int)
    case tooManyUsers(max: Int)
    case tooManyRoles(max: Int)
    case tooManyRolesOfUser(max: Int)
    case tooManyPermissions(max: Int)
    /// The encoded book would be larger than a record may be. Delete something first.
    case bookTooLarge(max: Int)
    /// Too many wrong passwords. Try again after that time.
    case tooManyAttempts(retryAfter: Duration)
    /// A password's hash costs less or more than is allowed.
    case unsafePasswordCost
    /// The system refused the memory for a password's hash. Try again when there is more.
    case hashingFailed(SodiumError)
    /// The bytes are no access book; the text says where they stop being one.
    case damaged(what: String)
    /// The book has a format that this version does not know. Use a newer vaultd.
    case unsupportedFormat(UInt8)
}

extension AccessError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .userNameEmpty: "user name is empty"
        case .userExists: "user name already exists"
        case .userNotFound: "user name not found"
        case .roleNameEmpty: "role name is empty"
        case .roleExists: "role name already exists"
        case .roleNotFound: "role name not found"
        case .roleNotGranted: "role is not granted to the user"
        case .permissionNotGiven: "permission not given"
        case .permissionNotGranted: "permission is not granted to the role"
        case .invalidManagement: "invalid auth management"
        case .rootUserMissing: "root user does not exist"
        case .rootRoleMissing: "root user does not have root role"
        case .loginDisabled: "authentication is not enabled"
        case .authenticationFailed: "authentication failed, invalid user ID or password"
        case .invalidToken: "invalid auth token"
        case .permissionDenied: "permission denied"
        case .principalWithPassword:
            "the kernel identifies principals, so they have no password: add it without one"
        case .malformedPrincipal:
            "not a principal: write uid:N, user:NAME, gid:N, group:NAME or unit:NAME.service"
        case .unmappedPrincipal:
            "65534 stands for everyone without a number here: name a user that has one"
        case .malformedName: "a name has no control or invisible characters: choose another"
        case .nameTooLong(let max): "the name is longer than \(max) bytes: choose a shorter one"
        case .keyTooLong(let max): "the key is longer than \(max) bytes: use a shorter prefix"
        case .passwordTooLong(let max):
            "the password is longer than \(max) bytes: choose a shorter one"
        case .tooManyUsers(let max): "there are \(max) users already: delete some first"
        case .tooManyRoles(let max): "there are \(max) roles already: delete some first"
        case .tooManyRolesOfUser(let max): "the user has \(max) roles already: revoke some first"
        case .tooManyPermissions(let max):
            "the role has \(max) permissions already: use ranges, or another role"
        case .bookTooLarge(let max):
            "users and roles would need more than \(max) bytes: delete some"
        case .tooManyAttempts(let time):
            "too many failed logins: try again in \(time.secondsRoundedUp) s"
        case .unsafePasswordCost: "the password's hash would be too cheap or too expensive"
        case .hashingFailed: "not enough memory to check a password now: try again later"
        case .damaged(let what): "the access book is damaged: \(what)"
        case .unsupportedFormat(let format):
            "the access book has format \(format): use a newer vaultd"
        }
    }
}

extension Duration {
    /// Whole seconds, rounded up.
    fileprivate var secondsRoundedUp: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}
