import ArgumentParser
import VaultSeal

/// Whether the time of Shamir's sharing says something about secrets or shares.
struct ShamirTiming: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Welch's t of the times of Shamir's sharing, fixed inputs against random ones.",
        discussion: """
            Prints a line for each way and each fixed input: |t|, which is expected below 4.5. \
            Multiplications that depend on the secret are tested in the same way, where it must \
            be above, or the check could not have seen anything. Ends with 1 when either is not \
            so. Nothing else should run.
            """)

    @Option(help: "Measurements of each line.")
    var count = 1_000_000
    @Option(help: "Of the random inputs; drawn when it is not given.")
    var seed = UInt64.random(in: 0 ... .max)

    /// Above it the two classes have different means (Goodwill et al., 2011).
    private static let limit = 4.5
    private static let indexes: [UInt8] = [1, 3, 5]
    private static let size = SecretSharing.secretCount

    func run() throws {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        var isRight = true
        for (name, fixed) in [
            ("zeros", [UInt8](repeating: 0, count: 3 * Self.size)),
            ("one draw", random.bytes(3 * Self.size)),
        ] {
            for (subject, function) in Self.subjects {
                let t = TimingTest(count: count).largestT(fixed: fixed, &random, function)
                print("\(subject), fixed to \(name): |t| \(decimal(t))")
                isRight = isRight && t < Self.limit
            }
        }
        let zeros = [UInt8](repeating: 0, count: 3 * Self.size)
        for (subject, function) in Self.controls {
            let t = TimingTest(count: count).largestT(fixed: zeros, &random, function)
            print("control, \(subject): |t| \(decimal(t))")
            isRight = isRight && t > 10 * Self.limit
        }
        if !isRight { throw ExitCode.failure }
    }

    private static let subjects: [(String, @Sendable (UnsafeRawBufferPointer) -> Void)] = [
        (
            "split",
            { input in
                withOutput { output in
                    // The secret is the last coefficient.
                    SecretSharing.evaluate(
                        UnsafeRawBufferPointer(rebasing: input[..<(2 * size)]),
                        UnsafeRawBufferPointer(rebasing: input[(2 * size)...]), at: 5,
                        into: output)
                }
            }
        ),
        (
            "combine",
            { input in withOutput { SecretSharing.interpolate(indexes, input, into: $0) } }
        ),
    ]

    private static let controls: [(String, @Sendable (UnsafeRawBufferPointer) -> Void)] = [
        ("branches", { input in multiply(input, LeakyField.productByBranches) }),
        ("tables", { input in multiply(input, LeakyField.productByTables) }),
    ]

    private static func multiply(
        _ input: UnsafeRawBufferPointer, _ product: (UInt8, UInt8) -> UInt8
    ) {
        withOutput { output in
            for index in input.indices { output[index % size] ^= product(0x53, input[index]) }
        }
    }

    /// The result goes to memory that outlives the call, so that nobody may leave it out.
    private static func withOutput(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        body(output)
    }

    nonisolated(unsafe) private static let output = UnsafeMutableRawBufferPointer.allocate(
        byteCount: size, alignment: 16)
}
