/// A change to users, roles and permissions.
public enum AccessChange: Equatable, Sendable {
    /// Without a hash the user cannot log in.
    case addUser(String, passwordHash: PasswordHash?)
    case deleteUser(String)
    /// A user who was added without a password stays without, as in etcd.
    case changePassword(String, PasswordHash)
    case grantRole(user: String, role: String)
    case revokeRole(user: String, role: String)
    case addRole(String)
    /// Also takes it from the users who have it.
    case deleteRole(String)
    /// Takes the place of what the role had on exactly this range.
    case grantPermission(role: String, Permission)
    /// Takes all that the role had on exactly this range.
    case revokePermission(role: String, key: [UInt8], rangeEnd: [UInt8])
    /// Lets users log in with their passwords.
    case enableLogin
    case disableLogin
    /// Gives a principal a permission beside what it has: makes its user and its role of the same
    /// name where they are missing.
    case allow(Principal, Permission)
    /// Takes a permission on exactly this range back from the role of the principal's name, and
    /// removes role and user when nothing is left of them.
    case deny(Principal, Permission)
}
