import Glibc
import VaultAccess
import VaultBackup

/// Whom a name of the access rules stands for on this machine. Two names can be one account:
/// `uid:1000` and `user:alice`.
enum MatrixSubject: Hashable {
    case user(UInt32)
    case group(UInt32)
    case unit(String)
    /// A user with a password.
    case login(String)

    /// nil when it is nobody here, as an account that was removed, or of another machine; and the
    /// number that the kernel shows for whoever it has no number for.
    init?(_ name: String) throws(BackupError) {
        let number: UInt32?
        var isGroup = false
        do throws(AccountNamesError) {
            switch Principal(name) {
            case nil:
                self = .login(name)
                return
            case .unit(let unit):
                self = .unit(unit)
                return
            case .userID(let id): number = id
            case .user(let user): number = try AccountNames().userID(named: user)
            case .groupID(let id): (number, isGroup) = (id, true)
            case .group(let group):
                (number, isGroup) = (try AccountNames().groupID(named: group), true)
            }
        } catch {
            throw .inconclusive("\(name) cannot be looked up: \(error); run it again")
        }
        guard let number, number != PeerIdentity.unmappedID else { return nil }
        self = isGroup ? .group(number) : .user(number)
    }

    /// Root, and the user of the vaultd that a drill starts: they may do everything, whatever the
    /// rules say.
    var isOwner: Bool { self == .user(0) || self == .user(geteuid()) }
}
