/// Who may do what: an access book and this machine's accounts, put in an order in which a
/// connection's users are found at once. Never changes; another book makes other rules.
public final class AccessRules: Sendable {
    public let revision: UInt64
    /// Some user of the book is a systemd service. Otherwise nobody's service matters.
    public let isUnitRelevant: Bool

    let book: AccessBook
    /// Places in `book.users`, by what the kernel says.
    private let usersByID: [UInt32: [Int]]
    private let usersByGroup: [UInt32: [Int]]
    private let usersByUnit: [AccessName: Int]

    /// Names that were not resolved match nobody, and so does the unmapped number, whichever name
    /// has it.
    public init(_ book: AccessBook, names: ResolvedNames) {
        var byID: [UInt32: [Int]] = [:]
        var byGroup: [UInt32: [Int]] = [:]
        var byUnit: [AccessName: Int] = [:]
        for (place, user) in book.users.enumerated() {
            switch user.principal {
            case .userID(let id): byID[id, default: []].append(place)
            case .user(let name):
                if let id = names.userIDs[name] { byID[id, default: []].append(place) }
            case .groupID(let id): byGroup[id, default: []].append(place)
            case .group(let name):
                if let id = names.groupIDs[name] { byGroup[id, default: []].append(place) }
            case .unit(let name): byUnit[AccessName(name)] = place
            case nil: continue
            }
        }
        byID[PeerIdentity.unmappedID] = nil
        byGroup[PeerIdentity.unmappedID] = nil
        self.book = book
        revision = book.revision
        usersByID = byID
        usersByGroup = byGroup
        usersByUnit = byUnit
        isUnitRelevant = !byUnit.isEmpty
    }

    /// What the subject may do: all that any of its users may by any of their roles.
    public func rights(of subject: Subject, daemonUserID: UInt32) -> Rights {
        let match = match(subject, daemonUserID: daemonUserID)
        let users = match.places.map { book.users[$0] }
        let roles = Set(users.flatMap(\.roleNames)).compactMap { book.rolePlace($0) }
        return Rights(
            users: users, roles: roles.map { book.roles[$0] }, isOwner: match.isOwner,
            isThroughUnit: match.isThroughUnit)
    }

    /// Places of the subject's users in the book, rising.
    func match(
        _ subject: Subject, daemonUserID: UInt32
    ) -> (places: [Int], isOwner: Bool, isThroughUnit: Bool) {
        switch subject {
        case .account(let name):
            let place = book.userPlace(AccessName(name))
            return (place.map { [$0] } ?? [], false, false)
        case .peer(let identity, let unit):
            var places = Set(usersByID[identity.userID] ?? [])
            for group in [identity.groupID] + identity.groups {
                places.formUnion(usersByGroup[group] ?? [])
            }
            // A process without a number here is in a PID namespace of its own, and what anybody
            // says of its service is about another process.
            let service = identity.processID > 0 ? unit : nil
            let unitPlace = service.flatMap { usersByUnit[AccessName($0)] }
            if let unitPlace { places.insert(unitPlace) }
            return (
                places.sorted(), identity.isOwner(daemonUserID: daemonUserID), unitPlace != nil
            )
        }
    }
}
