import FoundationEssentials
import VaultAPI
import VaultAccess
import VaultBackup
import VaultClient

/// Questions of access, and how the rules of a backup answer them: computed from the rules one by
/// one, without the code that the server decides with.
struct AccessMatrix {
    struct Case: Equatable {
        var user: String
        var action: VaultAccess.AccessAction
        var key: [UInt8]
        var allowed: Bool
    }

    static let casesMax = 2_000

    let cases: [Case]

    /// For each user: each key that some rule begins with or ends before, each action.
    init(_ rules: [UInt8]?) throws(BackupError) {
        guard let rules else {
            cases = []
            return
        }
        let outcome: Result<AccessBook, AccessError> = rules.withUnsafeBytes { bytes in
            Result { () throws(AccessError) in try AccessBook(decoding: bytes) }
        }
        guard case .success(let book) = outcome else {
            throw .continuity("the access rules of the backup cannot be read")
        }
        var keys: Set<[UInt8]> = [Array("no/rule/names/this".utf8)]
        for permission in book.roles.flatMap(\.permissions) {
            keys.insert(permission.key)
            if let upper = permission.span.upper { keys.insert(upper) }
        }
        let sorted = keys.filter { !$0.isEmpty && $0 != [0] }
            .sorted { $0.lexicographicallyPrecedes($1) }
        var cases: [Case] = []
        // Nobody to ask about where this machine has no such account.
        let subjects = try book.users.map { user throws(BackupError) in
            (user, try MatrixSubject(user.name))
        }
        for (user, subject) in subjects {
            guard let subject else { continue }
            let same = subjects.filter { $0.1 == subject }.map(\.0)
            let roles = Set(same.flatMap(\.roles))
            let isEverything = subject.isOwner || same.contains(where: \.isRoot)
            let permissions = book.roles.filter { roles.contains($0.name) }
                .flatMap(\.permissions)
            for key in sorted {
                for action in [VaultAccess.AccessAction.read, .write, .get] {
                    let allowed =
                        isEverything
                        || permissions.contains {
                            $0.kind.includes(action) && Self.contains($0.span, key)
                        }
                    cases.append(Case(user: user.name, action: action, key: key, allowed: allowed))
                }
            }
        }
        self.cases = Array(cases.prefix(Self.casesMax))
    }

    private init(cases: [Case]) { self.cases = cases }

    /// With one decision turned around, or with a case that cannot be right where there is none.
    var broken: AccessMatrix {
        var cases = cases
        if cases.isEmpty {
            cases = [
                Case(user: "nobody-is-called-this", action: .read, key: [1], allowed: true)
            ]
        } else {
            cases[cases.count / 2].allowed.toggle()
        }
        return AccessMatrix(cases: cases)
    }

    private static func contains(_ span: KeySpan, _ key: [UInt8]) -> Bool {
        guard !key.lexicographicallyPrecedes(span.lower) else { return false }
        guard let upper = span.upper else { return true }
        return key.lexicographicallyPrecedes(upper)
    }

    /// How many decisions of a vault are others.
    func mismatches(on vault: VaultConnection) async throws -> Int {
        var count = 0
        for item in cases {
            if try await vault.explain(Self.question(item)).allowed != item.allowed { count += 1 }
        }
        return count
    }

    private static func question(_ item: Case) -> Vault_V1_ExplainRequest {
        var request = Vault_V1_ExplainRequest()
        request.principals = [item.user]
        request.action =
            switch item.action {
            case .read: .read
            case .write: .write
            case .get: .get
            }
        request.key = Data(item.key)
        return request
    }
}
