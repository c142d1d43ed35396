import RPC
import VaultAccess

/// Whom a question is about, by the names that people give.
enum SubjectText {
    /// One connection that has all of these principals, or one user with a password. Looks names
    /// up in the system's databases.
    static func subject(_ texts: [String]) throws(Status) -> Subject {
        if texts.count == 1, !Principal.isReserved(texts[0]) { return .account(texts[0]) }
        var peer = PeerIdentity(
            processID: 1, userID: PeerIdentity.unmappedID, groupID: PeerIdentity.unmappedID)
        var unit: String?
        for text in texts {
            guard let principal = Principal(text) else {
                throw StatusTable.status(of: AccessError.malformedPrincipal)
            }
            switch principal {
            case .userID(let id): peer.userID = id
            case .user(let name): peer.userID = try id(AccountNames().userID, name, text)
            case .groupID(let id): peer.groups.append(id)
            case .group(let name): peer.groups.append(try id(AccountNames().groupID, name, text))
            case .unit(let name): unit = name
            }
        }
        return .peer(peer, unit: unit)
    }

    private static func id(
        _ lookUp: (String) throws(AccountNamesError) -> UInt32?, _ name: String, _ text: String
    ) throws(Status) -> UInt32 {
        let found: UInt32?
        do throws(AccountNamesError) { found = try lookUp(name) } catch {
            throw Status(
                .unavailable, "vaultd: \(text) cannot be looked up now: \(error); try again")
        }
        guard let found else {
            throw Status(
                .notFound,
                "vaultd: this machine has no \(text); see 'getent passwd' and 'getent "
                    + "group'")
        }
        return found
    }
}
