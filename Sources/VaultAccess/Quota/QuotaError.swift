/// Why a set of quota rules is refused. All of them are for whoever writes the configuration.
public enum QuotaError: Error, Hashable, Sendable {
    /// More rules than 1,024. Use groups, or fewer.
    case tooManyRules(count: Int)
    /// The total is not between 0 (no limit) and 1,000,000 requests a second.
    case totalOutOfRange(Int)
    /// Two rules are for the same caller, maybe by name and by number. Remove one.
    case duplicate(QuotaSubject)
    /// The system's databases know no such user or group. Correct the name, or name a unit where
    /// users come and go.
    case unknownName(Principal)
    /// The databases could not be asked about the name. Try again, or write the number.
    case nameUnavailable(Principal, AccountNamesError)
    /// More requests a second are set aside than the server is to do. Lower rates, or raise the
    /// total.
    case overcommitted(reserved: Int, total: Int)
}
