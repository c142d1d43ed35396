import VaultAccess

/// The name of a principal, as typed: wrong ones are refused with what would be right.
enum PrincipalName {
    private static let forms = "uid:N, user:NAME, gid:N, group:NAME or unit:NAME.service"

    /// - Parameter forUsers: what to do instead when it is the plain name of a user.
    static func parse(
        _ text: String, forUsers: String = useRoles
    ) throws(CommandFailure) -> Principal {
        guard let principal = Principal(text) else { throw failure(text, forUsers: forUsers) }
        return principal
    }

    private static let useRoles =
        "give a user with a password a role instead:"
        + " 'vaultctl role grant' and 'vaultctl user grant'"

    /// What somebody may have meant instead: a name can consist of digits, and hardly ever does.
    static func doubt(_ principal: Principal) -> String? {
        switch principal {
        case .user(let name) where name.utf8.allSatisfy(isDigit):
            "user:\(name) is whoever is called \(name); the user of that number is uid:\(name)"
        case .group(let name) where name.utf8.allSatisfy(isDigit):
            "group:\(name) is what is called \(name); the group of that number is gid:\(name)"
        case .userID, .user, .groupID, .group, .unit: nil
        }
    }

    /// What to know of a rule for an account that is not there, which may be a slip of the pen;
    /// nil when the account is there, or when that cannot be told.
    static func absence(_ principal: Principal) -> String? {
        let (kind, name, number): (String, String, UInt32?)
        do throws(AccountNamesError) {
            switch principal {
            case .user(let user):
                (kind, name, number) = ("user", user, try AccountNames().userID(named: user))
            case .group(let group):
                (kind, name, number) = ("group", group, try AccountNames().groupID(named: group))
            case .userID, .groupID, .unit: return nil
            }
        } catch {
            return nil
        }
        if number == PeerIdentity.unmappedID {
            return "\(kind) \(name) has the number of whoever the kernel cannot name: "
                + "the rule lets nobody in"
        }
        guard number == nil else { return nil }
        return "this machine has no \(kind) \(name): the rule lets nobody in until it has one"
    }

    /// A principal, or a user with a password, whose name has no colon.
    static func checkUser(_ text: String) throws(CommandFailure) {
        guard !text.isEmpty else {
            throw CommandFailure(.usage, "the name is empty", nextStep: "name a user")
        }
        if text.contains(":") { _ = try parse(text) }
    }

    private static func failure(_ text: String, forUsers: String) -> CommandFailure {
        let shown = KeyName.shown(text)
        guard let colon = text.firstIndex(of: ":") else {
            return CommandFailure(
                .usage, "'\(shown)' is not a principal: those are \(forms)",
                nextStep: forUsers)
        }
        let kind = String(text[..<colon])
        let name = String(text[text.index(after: colon)...])
        if Principal("\(kind.lowercased()):\(name)") != nil {
            return CommandFailure(
                .usage, "'\(shown)' is not how a principal is written",
                nextStep: "write \(kind.lowercased()):\(name)")
        }
        switch kind {
        case "uid": return numberFailure(shown, name, kind: kind, named: "user")
        case "gid": return numberFailure(shown, name, kind: kind, named: "group")
        case "user", "group":
            return CommandFailure(
                .usage, "'\(shown)' has a name that no \(kind) can have",
                nextStep: "write \(kind): and a name of letters, digits and _-.@$")
        case "unit": return unitFailure(shown, name)
        default:
            return CommandFailure(
                .usage, "'\(shown)' is no kind of principal", nextStep: "write \(forms)")
        }
    }

    private static func numberFailure(
        _ shown: String, _ name: String, kind: String, named: String
    ) -> CommandFailure {
        if let number = UInt32(name), Principal("\(kind):\(number)") != nil {
            return CommandFailure(
                .usage, "'\(shown)' is not how a number is written",
                nextStep: "write \(kind):\(number)")
        }
        if Principal("\(named):\(name)") != nil, !name.utf8.allSatisfy(isDigit) {
            return CommandFailure(
                .usage, "'\(shown)' has a name, not a number",
                nextStep: "write \(named):\(name)")
        }
        return CommandFailure(
            .usage, "'\(shown)' has no number of a \(named)",
            nextStep: "write \(kind): and a number from 0 to \(UInt32.max - 1)")
    }

    private static func unitFailure(_ shown: String, _ name: String) -> CommandFailure {
        if !name.contains("."), Principal("unit:\(name).service") != nil {
            return CommandFailure(
                .usage, "'\(shown)' is not a unit's full name",
                nextStep: "write unit:\(name).service")
        }
        return CommandFailure(
            .usage, "'\(shown)' does not name a service",
            nextStep: "write unit: and the full name of a service, such as web.service")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
