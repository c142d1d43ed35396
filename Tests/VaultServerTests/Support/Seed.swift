import Glibc
import VaultTestSupport

/// A random generator whose seed is printed, and can be given again as `VAULT_SEED`.
func printedSeed(_ test: String = #function) -> SeededRandom {
    let given = getenv("VAULT_SEED").flatMap { UInt64(String(cString: $0)) }
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("\(test): VAULT_SEED=\(seed)")
    return SeededRandom(seed: seed)
}
