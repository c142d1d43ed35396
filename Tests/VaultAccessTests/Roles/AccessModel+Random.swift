import VaultAccess
import VaultTestSupport

extension AccessModel {
    static let userNames = [
        "uid:0", "uid:1000", "uid:1001", "user:alice", "user:nobody", "user:ghost", "gid:100",
        "gid:27", "group:staff", "group:nogroup", "group:ghost", "unit:web.service",
        "unit:db.service", "alice", "root", "Root",
    ]
    static let roleNames = ["r0", "r1", "r2", "r3", "Root", "uid:1000"]

    /// A model, and the same as changes to a book.
    static func random(_ random: inout SeededRandom) -> (AccessModel, [AccessChange]) {
        var model = AccessModel()
        var changes: [AccessChange] = []
        model.userIDs = ["alice": 1000, "nobody": 65534]
        model.groupIDs = ["staff": 100, "nogroup": 65534]
        for role in roleNames where !random.once(in: 3) {
            model.roles[role] = []
            changes.append(.addRole(role))
            for _ in 0..<Int(random.next() % 7) {
                if let change = model.addRule(to: role, &random) { changes.append(change) }
            }
        }
        for user in userNames where random.once(in: 2) {
            model.users[user] = []
            changes.append(.addUser(user, passwordHash: nil))
            for role in model.roles.keys.sorted() where random.once(in: 3) {
                model.users[user]?.insert(role)
                changes.append(.grantRole(user: user, role: role))
            }
            if random.once(in: 24) {
                model.users[user]?.insert("root")
                changes.append(.grantRole(user: user, role: "root"))
            }
        }
        return (model, changes)
    }

    private mutating func addRule(
        to role: String, _ random: inout SeededRandom
    ) -> AccessChange? {
        let range = Range.random(&random)
        let kind = random.pick(PermissionKind.allCases)
        roles[role]?.removeAll { $0.range == range }
        roles[role]?.append(Rule(kind: kind, range: range))
        do throws(AccessError) {
            let permission = try Permission(kind, key: range.key, rangeEnd: range.rangeEnd)
            return .grantPermission(role: role, permission)
        } catch {
            return nil
        }
    }
}
