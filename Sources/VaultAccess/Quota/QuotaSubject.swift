/// Whom a quota rule is for.
public enum QuotaSubject: Hashable, Sendable {
    /// Connections that have the principal, all together.
    case principal(Principal)
    /// Calls with a token of this account, all together.
    case account(String)
    /// Everybody for whom there is no other rule, each on their own.
    case everyoneElse

    /// From "unit:web.service" (any principal), "account:alice" or "default"; nil for all else.
    /// Accounts whose names have spaces, or that look like principals, cannot be named.
    public init?(_ text: String) {
        if text == "default" {
            self = .everyoneElse
        } else if text.hasPrefix("account:") {
            let name = String(text.dropFirst("account:".count))
            guard (1...Principal.nameCountMax).contains(name.utf8.count),
                name.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7f }),
                !Principal.isReserved(name)
            else { return nil }
            self = .account(name)
        } else if let principal = Principal(text) {
            self = .principal(principal)
        } else {
            return nil
        }
    }
}

extension QuotaSubject: CustomStringConvertible {
    public var description: String {
        switch self {
        case .principal(let principal): principal.description
        case .account(let name): "account:\(name)"
        case .everyoneElse: "default"
        }
    }
}
