import RPC
import VaultAccess
import VaultBackup
import VaultStore

/// What the socket answers over HTTP/1.1: whether the vault lives, whether it serves, which API it
/// is, and numbers.
final class PlainService: PlainResponder {
    private let gate: ServerGate
    private let startTime = CalendarClock.now() / 1_000

    init(gate: ServerGate) {
        self.gate = gate
    }

    func answer(
        _ request: PlainRequest, _ caller: Caller, _ journal: (any CallJournal)?
    ) -> PlainAnswer {
        let identity = gate.access.identityForJournal(caller)
        var refusal: Status?
        if let requirement = Permissions.plain[request.path] {
            refusal = gate.refusal(requirement, identity)
        } else {
            refusal = Status(.notFound, "there is no such page")
        }
        let isWritten = write(request, identity, journal as? LoopJournal, refusal)
        if let refusal { return Self.answer(isWritten ? refusal : gate.trail.refusal) }
        guard request.method == "GET" || request.method == "HEAD" else {
            return PlainAnswer(.methodNotAllowed, "only GET and HEAD are answered\n")
        }
        switch request.path {
        // Whether to start the daemon again. A full disk is no reason for that, and neither is one
        // that failed: reads go on, and after a start somebody may have to bring a key.
        case "/livez": return PlainAnswer(.ok, "alive\n")
        case "/readyz": return readiness(isWritten: isWritten)
        case "/health": return EtcdPages.health(trouble(isWritten: isWritten))
        case "/version" where isWritten: return EtcdPages.version
        default:
            guard isWritten else { return Self.answer(gate.trail.refusal) }
            return PlainAnswer(.ok, metrics().text, contentType: MetricsText.contentType)
        }
    }

    private func readiness(isWritten: Bool) -> PlainAnswer {
        guard gate.vault.isServing else { return PlainAnswer(.unavailable, "sealed\n") }
        guard gate.vault.isWell else {
            return PlainAnswer(.unavailable, "nothing can be written\n")
        }
        return isWritten
            ? PlainAnswer(.ok, "ready\n") : PlainAnswer(.unavailable, "not ready\n")
    }

    /// Looks at alarms too, as etcd does: a vault that takes no writes is ready and not well.
    private func trouble(isWritten: Bool) -> String? {
        guard isWritten else { return "AUDIT LOG NOT WRITABLE" }
        let open: OpenVault
        do throws(VaultError) { open = try gate.vault.open() } catch { return "SEALED" }
        if open.store.failure != nil { return "STORAGE FAILED" }
        return AlarmCall.alarms(of: open.store.status(), own: open.header.memberID).first
            .map(EtcdPages.trouble)
    }

    /// Writes the request down, and how it is answered. False when that cannot be done.
    private func write(
        _ request: PlainRequest, _ identity: CallerIdentity, _ journal: LoopJournal?,
        _ refusal: Status?
    ) -> Bool {
        guard gate.trail.acceptsEverybody || identity.rights.isAdministrator else {
            gate.trail.log?.countRefused()
            return false
        }
        let failure = journal?.streamed(
            path: request.path, by: identity, isRefused: refusal != nil, refusal ?? .ok)
        return failure == nil
    }

    private static func answer(_ status: Status) -> PlainAnswer {
        let code: PlainAnswer.Code =
            switch status.code {
            case .unauthenticated: .unauthorized
            case .permissionDenied: .forbidden
            case .notFound: .notFound
            case .unavailable, .failedPrecondition: .unavailable
            default: .serverError
            }
        return PlainAnswer(code, status.message + "\n")
    }

    // MARK: - Numbers

    private func metrics() -> VaultMetrics {
        let vault = gate.vault
        let status = vault.status()
        var metrics = VaultMetrics(
            version: Version.vaultd, startTime: startTime, now: CalendarClock.now() / 1_000,
            isInitialized: status.isInitialized, store: status.store,
            damage: status.damage != nil, calls: gate.counters.sums())
        if let log = vault.trail.log {
            metrics.auditWrites = vault.trail.acceptsEverybody
            metrics.auditSequence = log.sequence
        }
        let store: Store
        do throws(VaultError) { store = try vault.open().store } catch { return metrics }
        metrics.watcherCount = store.watcherCount
        do throws(StoreError) { metrics.leaseCount = try store.leaseCount() } catch {
            // Sealed just now.
        }
        return metrics
    }
}
