/// How surely somebody is served, as Kubernetes has it for pods.
public enum QuotaClass: String, CaseIterable, Hashable, Sendable {
    /// Always served within its rate, never beyond.
    case guaranteed
    /// Always served within its rate, and beyond it as long as something is left.
    case burstable
    /// Served with what is left, in equal shares. A rate is the most that it gets.
    case bestEffort

    /// Its rate is set aside for it.
    public var isReserved: Bool { self != .bestEffort }

    /// The classes that there are under `rules`, the surest first; everybody without a rule is best
    /// effort.
    public static func inUse(by rules: [QuotaRule]) -> [QuotaClass] {
        allCases.filter { quotaClass in
            quotaClass == .bestEffort || rules.contains { $0.quotaClass == quotaClass }
        }
    }
}
