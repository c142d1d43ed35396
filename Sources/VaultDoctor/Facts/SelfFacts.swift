/// What only a vaultd itself can say of its process.
public struct SelfFacts: Equatable, Sendable {
    public enum Confinement: Equatable, Sendable {
        case confined(version: Int)
        case unavailable
        case failed(String)
        case off
    }

    public var isDumpable = false
    /// Memory that was written cannot be made code; nil where the kernel does not know of it.
    public var refusesNewCode: Bool? = true
    /// Keys cannot be read between uses.
    public var hasMemoryKeys = true
    public var confinement = Confinement.confined(version: 1)
    /// Variables of its environment that have the loader take code from elsewhere: "LD_PRELOAD".
    public var loaderVariables: [String] = []

    public init() {}
}
