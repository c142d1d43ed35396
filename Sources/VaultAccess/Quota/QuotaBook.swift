/// The quota rules of a server, checked, and found fast.
public struct QuotaBook: Sendable {
    /// Requests a second that the server does in all; 0 for as many as it can.
    public let requestsPerSecondMax: Int
    /// As given.
    public let rules: [QuotaRule]

    private let placeOfPrincipal: [Principal: Int]
    private let placeOfAccount: [String: Int]
    private let placeOfDefault: Int?

    /// No limits for anybody.
    public static let unlimited = QuotaBook()

    private init() {
        requestsPerSecondMax = 0
        rules = []
        placeOfPrincipal = [:]
        placeOfAccount = [:]
        placeOfDefault = nil
    }

    /// Checks the rules against each other. Users and groups that they name are looked up in the
    /// system's databases now, which may block, and not again.
    public init(
        _ rules: [QuotaRule], requestsPerSecondMax: Int, names: AccountNames = AccountNames()
    ) throws(QuotaError) {
        guard rules.count <= QuotaLimits.rulesMax else { throw .tooManyRules(count: rules.count) }
        guard (0...QuotaLimits.rateMax).contains(requestsPerSecondMax) else {
            throw .totalOutOfRange(requestsPerSecondMax)
        }
        var principals: [Principal: Int] = [:]
        var accounts: [String: Int] = [:]
        var placeOfDefault: Int?
        for (place, rule) in rules.enumerated() {
            let earlier: Int?
            switch rule.subject {
            case .principal(let principal):
                earlier = principals.updateValue(
                    place, forKey: try Self.number(of: principal, names: names))
            case .account(let name): earlier = accounts.updateValue(place, forKey: name)
            case .everyoneElse:
                earlier = placeOfDefault
                placeOfDefault = place
            }
            guard earlier == nil else { throw .duplicate(rule.subject) }
        }
        let reserved = rules.reduce(0) { $0 + ($1.quotaClass.isReserved ? $1.rate ?? 0 : 0) }
        guard requestsPerSecondMax == 0 || reserved <= requestsPerSecondMax else {
            throw .overcommitted(reserved: reserved, total: requestsPerSecondMax)
        }
        self.requestsPerSecondMax = requestsPerSecondMax
        self.rules = rules
        placeOfPrincipal = principals
        placeOfAccount = accounts
        self.placeOfDefault = placeOfDefault
    }

    /// What the kernel says of a connection: numbers for users and groups.
    private static func number(
        of principal: Principal, names: AccountNames
    ) throws(QuotaError) -> Principal {
        do throws(AccountNamesError) {
            switch principal {
            case .userID, .groupID, .unit: return principal
            case .user(let name):
                if let id = try names.userID(named: name) { return .userID(id) }
            case .group(let name):
                if let id = try names.groupID(named: name) { return .groupID(id) }
            }
        } catch {
            throw .nameUnavailable(principal, error)
        }
        throw .unknownName(principal)
    }

    /// Who pays for what `subject` does: the rule for its unit, else its user, else its group, else
    /// the earliest rule for one of its other groups; without any, the user itself.
    public func owner(of subject: Subject) -> QuotaOwner {
        switch subject {
        case .account(let name):
            QuotaOwner(kind: placeOfAccount[name].map { .rule($0) } ?? .account(name))
        case .peer(let identity, let unit):
            QuotaOwner(
                kind: place(of: identity, unit: unit).map { .rule($0) } ?? .user(identity.userID))
        }
    }

    private func place(of identity: PeerIdentity, unit: String?) -> Int? {
        // Most servers have no such rules, and a process may have thousands of groups.
        guard !placeOfPrincipal.isEmpty else { return nil }
        if let unit, let place = placeOfPrincipal[.unit(unit)] { return place }
        let unmapped = PeerIdentity.unmappedID
        if identity.userID != unmapped, let place = placeOfPrincipal[.userID(identity.userID)] {
            return place
        }
        if identity.groupID != unmapped, let place = placeOfPrincipal[.groupID(identity.groupID)] {
            return place
        }
        return identity.groups.lazy.filter { $0 != unmapped }
            .compactMap { placeOfPrincipal[.groupID($0)] }.min()
    }

    /// The rule that the owner falls under; nil when there is none, not even a default.
    func rule(of owner: QuotaOwner) -> QuotaRule? {
        if case .rule(let place) = owner.kind { rules[place] } else { defaultRule }
    }

    /// How surely the owner is served.
    public func quotaClass(of owner: QuotaOwner) -> QuotaClass {
        rule(of: owner)?.quotaClass ?? .bestEffort
    }

    /// Some rule is for a systemd service, so that it has to be known who is in which.
    public var namesUnits: Bool {
        rules.contains { if case .principal(.unit) = $0.subject { true } else { false } }
    }

    /// The rule for everybody without one.
    var defaultRule: QuotaRule? { placeOfDefault.map { rules[$0] } }

    /// Some requests could be refused for their number a second.
    var limitsRates: Bool { requestsPerSecondMax > 0 || rules.contains { $0.rate != nil } }

    /// Some could be refused for how many there are at once.
    func limits(_ use: QuotaUse) -> Bool { rules.contains { $0.countMax(of: use) != nil } }
}
