extension AccessRules {
    /// Why the subject may or may not do that with the span. The decision is that of `rights`.
    public func explain(
        _ subject: Subject, daemonUserID: UInt32, _ action: AccessAction, _ span: KeySpan
    ) -> Explanation {
        let match = match(subject, daemonUserID: daemonUserID)
        let rights = rights(of: subject, daemonUserID: daemonUserID)
        if match.isOwner { return explainOwner(rights.may(action, span), action, span) }
        let users = match.places.map { book.users[$0] }
        if let root = users.first(where: \.isRoot) {
            return explainRoot(root, rights.may(action, span), action, span)
        }
        let rules = rules(of: users)
        let near = rules.filter { $0.permission?.span.overlaps(span) ?? false }
        let deciding = near.filter { $0.permission?.kind.includes(action) ?? false }
        guard rights.may(action, span) else {
            return refusal(
                Request(subject: subject, action: action, span: span), rights: rights,
                rules: rules, near: near, deciding: deciding)
        }
        let names = deciding.first.map { "\($0.user) has role \($0.role), which may" }
        return Explanation(
            allowed: true,
            reason: "\(names ?? "may") \(action) "
                + (deciding.count > 1
                    ? "part of \(span.text), and other rules the rest" : span.text),
            rules: deciding)
    }

    private struct Request {
        let subject: Subject
        let action: AccessAction
        let span: KeySpan
    }

    /// Even who may do everything cannot get a range by its name.
    private static func notByName(_ span: KeySpan) -> Explanation {
        Explanation(
            allowed: false,
            reason: "\(span.text) is more than one key, and only single keys are read by name")
    }

    private func explainOwner(
        _ allowed: Bool, _ action: AccessAction, _ span: KeySpan
    ) -> Explanation {
        guard allowed else { return Self.notByName(span) }
        return Explanation(
            allowed: true, reason: "root and the daemon's own user may do everything")
    }

    private func explainRoot(
        _ user: AccessUser, _ allowed: Bool, _ action: AccessAction, _ span: KeySpan
    ) -> Explanation {
        guard allowed else { return Self.notByName(span) }
        return Explanation(
            allowed: true, reason: "\(user.name) has role root, which may do everything",
            rules: [ExplainedRule(user: user.name, role: AccessName.root.text, permission: nil)])
    }

    private func rules(of users: [AccessUser]) -> [ExplainedRule] {
        users.flatMap { user in
            user.roleNames.flatMap { name in
                let permissions = book.rolePlace(name).map { book.roles[$0].permissions } ?? []
                return permissions.map {
                    ExplainedRule(user: user.name, role: name.text, permission: $0)
                }
            }
        }
    }

    private func refusal(
        _ request: Request, rights: Rights, rules: [ExplainedRule], near: [ExplainedRule],
        deciding: [ExplainedRule]
    ) -> Explanation {
        func refused(_ reason: String, _ rules: [ExplainedRule] = []) -> Explanation {
            Explanation(allowed: false, reason: reason, rules: rules)
        }
        guard !rights.users.isEmpty else { return refused(Self.unknown(request.subject)) }
        let users = Self.listed(rights.users)
        guard !rights.roles.isEmpty else { return refused("\(users): no role") }
        let roles = Self.listed(rights.roles)
        guard !rules.isEmpty else { return refused("\(users): no permission in \(roles)") }
        let (action, span) = (request.action, request.span)
        if action == .get, !span.isSingleKey { return Self.notByName(span) }
        if !deciding.isEmpty, let gap = rights.firstGap(action, in: span) {
            let text = KeySpan.text(gap.lower, gap.upper)
            return refused("rules let \(users) \(action) a part only, and not \(text)", deciding)
        }
        if action == .read, near.contains(where: { $0.permission?.kind == .get }) {
            return refused(
                "\(users) may only get single keys of \(span.text) by name, and list nothing", near)
        }
        guard near.isEmpty else {
            return refused("no rule for \(span.text) lets \(users) \(action)", near)
        }
        return refused("no rule of \(roles) is about \(span.text)", rules)
    }

    /// The first names, and how many more there are: a line must not grow with the book.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }

    private static func unknown(_ subject: Subject) -> String {
        switch subject {
        case .account(let name): "there is no user \(KeySpan.quoted(Array(name.utf8)))"
        case .peer(let peer, _) where peer.userID == PeerIdentity.unmappedID:
            "the caller has no user id here, so no rule names it"
        case .peer(let peer, let unit):
            "no user is uid:\(peer.userID) or one of its groups"
                + (unit.map { " or its service \(KeySpan.quoted(Array($0.utf8)))" } ?? "")
        }
    }
}
