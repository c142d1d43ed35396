/// What was compiled.
public enum BuildKind {
    /// Nobody is asked who they are and nothing is written down: `-DVAULTD_WITHOUT_ACCESS`. For
    /// measuring what access control and audit cost (docs/benchmarks.md), and nothing else: such a
    /// build serves throw-away vaults only, and its version says what it is.
    #if VAULTD_WITHOUT_ACCESS
        public static var isWithoutAccess: Bool { true }
    #else
        public static var isWithoutAccess: Bool { false }
    #endif
}
