/// What one guess at a passphrase costs: Argon2id's passes and memory. Kept in the slot, so a
/// slot opens at the cost that it was made with.
public struct PassphraseCost: Hashable, Sendable {
    /// Passes over the memory.
    public let operations: UInt32
    /// Bytes of memory, a multiple of 1024.
    public let memory: UInt64

    /// Below 8 MiB a guess is cheap on a graphics card; above 1 GiB a file could make the daemon
    /// be killed for its memory. The same for more than ten passes and the processor.
    static let operationsBounds: ClosedRange<UInt32> = 1...10
    static let memoryBounds: ClosedRange<UInt64> = (8 << 20)...(1 << 30)

    /// 256 MiB and 3 passes, over half a second: libsodium's "moderate". The default.
    public static let moderate = PassphraseCost(checked: 3, 256 << 20)
    /// 64 MiB and 2 passes, about 0.1 seconds: libsodium's "interactive".
    public static let interactive = PassphraseCost(checked: 2, 64 << 20)
    /// The least that is accepted, 8 MiB and one pass: for tests and throw-away vaults.
    public static let minimum = PassphraseCost(checked: 1, 8 << 20)

    private init(checked operations: UInt32, _ memory: UInt64) {
        self.operations = operations
        self.memory = memory
    }

    /// Throws `.unsafeParameters` outside 1 to 10 passes and 8 MiB to 1 GiB in steps of 1 KiB.
    public init(operations: UInt32, memory: UInt64) throws(SealError) {
        guard Self.operationsBounds.contains(operations) else {
            throw .unsafeParameters("passphrase passes must be 1 to 10, not \(operations)")
        }
        guard Self.memoryBounds.contains(memory), memory % 1024 == 0 else {
            throw .unsafeParameters(
                "passphrase memory must be 8 MiB to 1 GiB in whole KiB, not \(memory) bytes")
        }
        self.init(checked: operations, memory)
    }
}
