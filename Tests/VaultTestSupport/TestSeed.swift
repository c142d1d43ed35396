/// Where the random tests take their seeds from.
public enum TestSeed {
    /// The seeds of a run: `VAULT_SEED` alone when it is set, otherwise `count` seeds that differ
    /// from run to run when `VAULT_SOAK` is set and are always the same when it is not.
    public static func seeds(_ count: Int, for name: String) -> [UInt64] {
        if let seed = Environment.number("VAULT_SEED") { return [UInt64(seed)] }
        let base: UInt64
        if soakRounds > 0 {
            var system = SystemRandomNumberGenerator()
            base = UInt64(UInt32.random(in: .min ... .max, using: &system))
        } else {
            base = name.utf8.reduce(5381) { ($0 &* 33) ^ UInt64($1) } & 0xffff
        }
        return (0..<UInt64(count)).map { base &+ $0 }
    }

    /// How many times longer than usual a soak runs (`VAULT_SOAK`); 0 in a normal run.
    public static var soakRounds: Int { Environment.number("VAULT_SOAK") ?? 0 }
}
