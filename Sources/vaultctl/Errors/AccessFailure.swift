import VaultClient

/// What the vault says of users and roles, with their names and what to do. The texts are etcd's,
/// matched by their end, as every client of it has to.
enum AccessFailure {
    /// - Parameters:
    ///   - user: the user that the call names.
    ///   - role: the role that it names.
    ///   - range: the keys of a permission that it names.
    static func failure(
        after error: VaultClientError, user: String? = nil, role: String? = nil,
        range: KeyRange? = nil
    ) -> CommandFailure {
        let user = KeyName.shown(user ?? "")
        let role = KeyName.shown(role ?? "")
        guard let text = texts.first(where: { error.message.hasSuffix($0) }) else {
            return CommandFailure(error)
        }
        switch text {
        case "user name not found":
            return CommandFailure(
                .notFound, "there is no user \(user)", nextStep: "see 'vaultctl user list'")
        case "user name already exists":
            return CommandFailure(
                .failed, "user \(user) exists already", nextStep: "see 'vaultctl user list'")
        case "role name not found":
            return CommandFailure(
                .notFound, "there is no role \(role)", nextStep: "see 'vaultctl role list'")
        case "role name already exists":
            return CommandFailure(
                .failed, "role \(role) exists already", nextStep: "see 'vaultctl role list'")
        case "role is not granted to the user":
            return CommandFailure(
                .notFound, "user \(user) does not have role \(role)",
                nextStep: "see 'vaultctl user list'")
        case "permission is not granted to the role":
            return CommandFailure(
                .notFound, "role \(role) has no permission for exactly \(range?.shown ?? "that")",
                nextStep: "see 'vaultctl role list'")
        case "root user does not exist":
            return CommandFailure(
                .failed, "there is no user root, who must be able to log in",
                nextStep: "type: vaultctl user add root")
        case "root user does not have root role":
            return CommandFailure(
                .failed, "user root does not have role root",
                nextStep: "type: vaultctl user grant root root")
        case "invalid auth management":
            return CommandFailure(
                .failed, "the vault does not let that be changed: \(error.message)",
                nextStep: "while password login is on, user root keeps role root")
        default: return CommandFailure(error)
        }
    }

    private static let texts = [
        "user name not found", "user name already exists", "role name not found",
        "role name already exists", "role is not granted to the user",
        "permission is not granted to the role", "root user does not exist",
        "root user does not have root role", "invalid auth management",
    ]

    /// Why a login came to nothing.
    static func login(_ error: VaultClientError, as user: String) -> CommandFailure {
        let user = KeyName.shown(user)
        if error.message.hasSuffix("authentication is not enabled") {
            return CommandFailure(
                .failed, "password login is off",
                nextStep: "leave out --user, or turn it on with 'vaultctl login enable'")
        }
        if error.category == .denied || error.message.hasSuffix("for no password user") {
            return CommandFailure(
                .denied, "cannot log in as \(user): wrong name or password",
                nextStep: "try again, or ask an administrator for: vaultctl user password \(user)")
        }
        return CommandFailure(error)
    }
}
