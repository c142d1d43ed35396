import RPC
import VaultAPI
import VaultAccess

/// Decides for each call, before its route is looked for, whether the caller may make it.
struct Admission: Gatekeeper {
    /// The user whom the daemon runs as.
    let daemonUserID: UInt32
    private let requirements: [String: Requirement]

    init(daemonUserID: UInt32) {
        self.daemonUserID = daemonUserID
        requirements = Dictionary(
            uniqueKeysWithValues: Permissions.table.map { ($0.key.path, $0.value) })
    }

    func admit(path: String, caller: Caller) -> Status? {
        let peer = caller.peer
        let identity = PeerIdentity(
            processID: peer.processID, userID: peer.userID, groupID: peer.groupID)
        return allows(requirements[path] ?? .administrator, identity)
            ? nil : StatusTable.permissionDenied
    }

    private func allows(_ requirement: Requirement, _ identity: PeerIdentity) -> Bool {
        switch requirement {
        // Nobody else holds a permission until roles can grant one, and what "anyone" may ask
        // still tells a stranger that there is a vault, how large it is and how busy.
        case .anyone, .readKeys, .writeKeys, .administrator:
            identity.isOwner(daemonUserID: daemonUserID)
        }
    }
}
