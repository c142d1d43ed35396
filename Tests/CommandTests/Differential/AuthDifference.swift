import VaultAPI

/// Something about access that the oracle, etcd 3.4, does otherwise than later ones and vaultd.
/// Everything that is not in `all` must be equal.
struct AuthDifference: Sendable {
    let reason: String
    let explains: @Sendable (AuthRequest, _ oracle: AuthAnswer, _ vault: AuthAnswer) -> Bool

    static let all = [
        malformedPermission, noPassword, unguarded, otherWords, tokenOfStream, transaction,
        alarmHeader, openEndedWatch,
    ]

    private static let denied = AuthAnswer.failure(code: 7, "etcdserver: permission denied")
    private static let invalidToken = AuthAnswer.failure(
        code: 16, "etcdserver: invalid auth token")

    static let malformedPermission = AuthDifference(
        reason: "3.4 stores permissions of ranges that are none, and is misled by them; 3.6 refuses"
    ) { request, _, vault in
        request.malformedPermission != nil
            && vault == .failure(code: 3, "etcdserver: invalid auth management")
    }

    static let noPassword = AuthDifference(
        reason: "etcd tells everybody which users have no password; vaultd tells nobody"
    ) { request, oracle, vault in
        request.method == Methods.Auth.authenticate
            && oracle
                == .failure(
                    code: 2,
                    "auth: authentication failed, password was given for no password user")
            && vault
                == .failure(
                    code: 3,
                    "etcdserver: authentication failed, invalid user ID or password")
    }

    static let unguarded = AuthDifference(
        reason: "3.4 lets everybody compact, list leases and see alarms, without a right or a token"
    ) { request, oracle, vault in
        let open = [Methods.KV.compact, Methods.Lease.leaseLeases]
        guard oracle != vault else { return false }
        return open.contains(request.method) && vault == denied
            || (open + [Methods.Maintenance.alarm]).contains(request.method)
                && vault == invalidToken
    }

    static let otherWords = AuthDifference(
        reason: "3.4 refuses a hash with a code and a text that are not etcd's; a hash is its own"
    ) { request, oracle, vault in
        guard request.method == Methods.Maintenance.hash else { return false }
        switch (oracle, vault) {
        case (.message, .message): return true
        case (.failure(code: 2, _), .failure): return vault == denied || vault == invalidToken
        default: return oracle == invalidToken && vault == invalidToken
        }
    }

    static let tokenOfStream = AuthDifference(
        reason:
            "etcd refuses a watcher for its token on a stream that goes on; vaultd ends the stream"
    ) { request, oracle, vault in
        guard request.method == Methods.Watch.watch, vault == invalidToken,
            case .message(let text) = oracle
        else { return false }
        return text.contains("canceled: true") && text.contains("invalid auth token")
    }

    /// Root repeats it on vaultd, so that the stores stay equal.
    static let transaction = AuthDifference(
        reason: "3.4 looks neither into nested transactions nor at a put's prev_kv in one"
    ) { request, oracle, vault in
        guard vault == denied, case .message = oracle,
            let message = request.message as? Etcdserverpb_TxnRequest
        else { return false }
        return (message.success + message.failure).contains {
            switch $0.request {
            case .requestTxn: true
            case .requestPut(let put): put.prevKv
            default: false
            }
        }
    }

    static let alarmHeader = AuthDifference(
        reason: "3.4 lists alarms without a header"
    ) { request, oracle, vault in
        guard request.method == Methods.Maintenance.alarm, case .message(let text) = vault
        else { return false }
        return oracle == .message("") && text.hasPrefix("header {")
    }

    /// The lesson of `OpenStreamTests.aWatchOfOneKeySeesNoLaterKeys`.
    static let openEndedWatch = AuthDifference(
        reason: "3.4 asks of a watch from a key on for the right to that one key"
    ) { request, oracle, vault in
        guard let message = request.message as? Etcdserverpb_WatchRequest,
            message.createRequest.rangeEnd.elementsEqual([0]),
            case .message(let left) = oracle, case .message(let right) = vault
        else { return false }
        return !left.contains("canceled") && right.contains("PermissionDenied")
    }
}
