internal import RPC

extension VaultClientError {
    /// Reads the status of an answer. The texts are etcd's and vaultd's own, matched exactly or by
    /// their start, as every etcd client has to.
    init(_ status: Status) {
        let category = Self.category(of: status)
        self.init(
            category: category, code: status.code.rawValue,
            message: status.message.isEmpty ? "the vault gave no reason" : status.message,
            nextStep: Self.nextStep(after: category))
    }

    private static func category(of status: Status) -> Category {
        let message = status.message
        switch status.code {
        case .unavailable:
            return message.hasPrefix("vaultd: sealed") ? .sealed : .unreachable
        case .failedPrecondition:
            if message.hasPrefix("vaultd: not initialised") { return .notInitialized }
            return message.hasPrefix("vaultd: already") ? .alreadyDone : .invalidRequest
        case .unauthenticated:
            return message.hasPrefix("vaultd: wrong key") ? .wrongKey : .denied
        case .unimplemented:
            return message.hasPrefix("vaultd: format") ? .unsupportedFormat : .unsupportedMethod
        case .outOfRange:
            if message.hasSuffix("has been compacted") { return .compacted }
            return message.hasSuffix("is a future revision") ? .futureRevision : .invalidRequest
        case .resourceExhausted:
            if message.hasSuffix("database space exceeded") { return .noSpace }
            return message.hasPrefix("grpc: ") ? .invalidRequest : .overloaded
        case .permissionDenied: return .denied
        case .dataLoss: return .damaged
        case .notFound: return .notFound
        case .invalidArgument:
            return message.hasPrefix("etcdserver: authentication failed")
                ? .denied : .invalidRequest
        case .deadlineExceeded: return .timedOut
        case .cancelled: return .cancelled
        default: return .other
        }
    }

    private static func nextStep(after category: Category) -> String {
        switch category {
        case .sealed: "unseal it with 'vaultctl unseal'"
        case .notInitialized: "create its keys with 'vaultctl init'"
        case .alreadyDone: "see 'vaultctl status'"
        case .denied: "ask an administrator of the vault for access"
        case .unreachable: "see if vaultd is running, then try again"
        case .notFound: ""
        case .wrongKey: "check it, or try another key of this vault"
        case .damaged: "restore a backup, or see the log of vaultd"
        case .unsupportedFormat: "use a newer vaultd"
        case .unsupportedMethod: "check that the socket belongs to an up-to-date vaultd"
        case .compacted: "choose a newer revision"
        case .futureRevision: "choose an older revision"
        case .noSpace: "delete and compact, or raise the quota"
        case .overloaded: "try again later"
        case .invalidRequest: ""
        case .timedOut:
            "see with 'vaultctl status' if the vault answers, then look before repeating"
        case .cancelled: "look at what was done before repeating"
        case .other: "see the log of vaultd"
        }
    }
}
