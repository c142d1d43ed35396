import VaultAccess
import VaultTestSupport

/// What a book allows, decided in the dullest way: key by key, over every key that there is, with
/// nothing taken from the code that it checks.
///
/// Keys are places in `keys`, all strings of one to three of three bytes. Ranges begin and end at
/// strings of one or two, and a key alone ends three long, so every gap begins at one of `keys`.
struct AccessModel {
    /// All keys in order.
    static let keys: [[UInt8]] = {
        let letters: [UInt8] = [0, 0x61, 0xff]
        let one = letters.map { [$0] }
        let two = one.flatMap { key in letters.map { key + [$0] } }
        let three = two.flatMap { key in letters.map { key + [$0] } }
        return (one + two + three).sorted { $0.lexicographicallyPrecedes($1) }
    }()

    /// Places of the keys that ranges begin and end at.
    static let ends: [Int] = keys.indices.filter { keys[$0].count < 3 }

    /// What etcd's pair of key and range end says.
    enum Range: Equatable {
        case key(Int)
        case from(Int)
        case between(Int, Int)

        func holds(_ key: Int) -> Bool {
            switch self {
            case .key(let only): key == only
            case .from(let first): key >= first
            case .between(let first, let end): key >= first && key < end
            }
        }

        var key: [UInt8] {
            switch self {
            case .key(let place), .from(let place), .between(let place, _): keys[place]
            }
        }

        var rangeEnd: [UInt8] {
            switch self {
            case .key: []
            case .from: [0]
            case .between(_, let end): keys[end]
            }
        }

        /// Ranges that hold something. An end of one zero byte would mean no end, but no range
        /// that ends there holds anything.
        static func random(_ random: inout SeededRandom) -> Range {
            let first = random.pick(ends)
            let end = random.pick(ends)
            switch random.next() % 4 {
            case 0: return .key(first)
            case 1 where random.once(in: 2): return .from(first)
            default: return first < end ? .between(first, end) : .key(first)
            }
        }
    }

    struct Rule {
        var kind: PermissionKind
        let range: Range
    }

    var users: [String: Set<String>] = [:]
    var roles: [String: [Rule]] = [:]
    var userIDs: [String: UInt32] = [:]
    var groupIDs: [String: UInt32] = [:]

    /// Everything that somebody with these names may do by key, and whether that is everything.
    func allowed(
        _ names: Set<String>, _ action: AccessAction
    ) -> (isRoot: Bool, keys: [Bool]) {
        let roleNames = users.filter { names.contains($0.key) }.values.reduce(into: Set()) {
            $0.formUnion($1)
        }
        let rules = roleNames.flatMap { roles[$0] ?? [] }.filter { rule in
            switch (rule.kind, action) {
            case (.read, .read), (.read, .get), (.write, .write), (.readWrite, _), (.get, .get):
                true
            default: false
            }
        }
        let keys = Self.keys.indices.map { key in rules.contains { $0.range.holds(key) } }
        return (roleNames.contains("root"), keys)
    }

    /// The users that a connection is.
    func names(
        userID: UInt32, groups: [UInt32], unit: String?, processID: Int32
    ) -> Set<String> {
        var names: Set<String> = []
        if userID != 65534 {
            names.insert("uid:\(userID)")
            for (name, id) in userIDs where id == userID { names.insert("user:" + name) }
        }
        for group in groups where group != 65534 {
            names.insert("gid:\(group)")
            for (name, id) in groupIDs where id == group { names.insert("group:" + name) }
        }
        if let unit, processID != 0 { names.insert("unit:" + unit) }
        return names
    }

    /// A request is allowed when every key in it is; getting is for one key.
    static func decide(
        _ allowed: (isRoot: Bool, keys: [Bool]), isOwner: Bool, _ action: AccessAction,
        _ range: Range
    ) -> Bool {
        let touched = keys.indices.filter { range.holds($0) }
        if action == .get, range != .key(touched[0]), !Self.isOneKey(range) { return false }
        if isOwner || allowed.isRoot { return true }
        return touched.allSatisfy { allowed.keys[$0] }
    }

    /// "a" up to "a\0" is one key, too.
    private static func isOneKey(_ range: Range) -> Bool {
        guard case .between(let first, let end) = range else { return false }
        return keys[end] == keys[first] + [0]
    }
}
