/// What can be logged now.
public enum AuditState: Hashable, Sendable {
    /// Everything.
    case writing
    /// The disk is full: administrators' requests only.
    case reserveOnly
    /// Somebody changed the log's files: administrators' requests only, until `resume`.
    case broken(AuditTrouble)
    /// Nothing. Administrators may still seal the vault and ask for its status.
    case unwritable(errno: Int32)
    case closed

    /// Whether requests of everybody can be logged.
    public var acceptsEverybody: Bool { self == .writing }
}
