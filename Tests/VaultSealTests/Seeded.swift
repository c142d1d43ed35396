import Glibc

/// SplitMix64 from `VAULT_SEED`, or from the clock; prints the seed, so that a failure replays.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ test: String) {
        let given = getenv("VAULT_SEED").flatMap { UInt64(String(cString: $0)) }
        state = given ?? UInt64.random(in: 0...UInt64.max)
        print("\(test): VAULT_SEED=\(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
