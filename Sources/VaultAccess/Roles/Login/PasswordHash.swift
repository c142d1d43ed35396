public import Sodium
public import VaultSeal

/// What is kept of a password: Argon2id of it, the salt, and what the hash cost, so that it is
/// checked at the cost that it was made with.
public struct PasswordHash: Hashable, Sendable {
    static let algorithm = PassphraseHash.algorithm
    static let saltCount = PassphraseHash.saltCount
    static let digestCount = 32
    /// Algorithm, cost, salt and digest in an access book.
    static let encodedByteCount = 1 + 4 + 8 + saltCount + digestCount

    public let cost: PassphraseCost
    let salt: [UInt8]
    let digest: [UInt8]

    /// Hashes a password, which may be empty, as in etcd. Takes about 0.1 seconds and 64 MiB at
    /// `.interactive` and waits for its turn: never call it on an event loop.
    ///
    /// Throws `.passwordTooLong`, `.unsafePasswordCost` above `passwordMemoryMax`, and
    /// `.hashingFailed`.
    public init(
        of password: borrowing SecretBytes, cost: PassphraseCost = .interactive
    ) throws(AccessError) {
        guard password.count <= AccessLimits.passwordBytesMax else {
            throw .passwordTooLong(max: AccessLimits.passwordBytesMax)
        }
        let salt = Random.bytes(count: Self.saltCount)
        var digest = [UInt8](repeating: 0, count: Self.digestCount)
        try Self.derive(password, cost: cost, salt: salt).withBytes { digest = Array($0) }
        try self.init(
            operations: cost.operations, memory: cost.memory, salt: salt, digest: digest)
    }

    /// From a book. Throws `.unsafePasswordCost`.
    init(
        operations: UInt32, memory: UInt64, salt: [UInt8], digest: [UInt8]
    ) throws(AccessError) {
        precondition(salt.count == Self.saltCount && digest.count == Self.digestCount)
        do throws(SealError) {
            cost = try PassphraseCost(operations: operations, memory: memory)
        } catch {
            throw .unsafePasswordCost
        }
        guard memory <= AccessLimits.passwordMemoryMax else { throw .unsafePasswordCost }
        self.salt = salt
        self.digest = digest
    }

    /// A hash that no password has, to check the passwords of unknown users against: it takes as
    /// long to find that they are wrong. Throws `.unsafePasswordCost`.
    public static func decoy(cost: PassphraseCost = .interactive) throws(AccessError)
        -> PasswordHash
    {
        try PasswordHash(
            operations: cost.operations, memory: cost.memory,
            salt: Random.bytes(count: saltCount), digest: Random.bytes(count: digestCount))
    }

    /// Whether it is the hash of this password. Costs what making it cost; which bytes differ shows
    /// in no time.
    public func isHash(of password: borrowing SecretBytes) throws(AccessError) -> Bool {
        guard password.count <= AccessLimits.passwordBytesMax else {
            throw .passwordTooLong(max: AccessLimits.passwordBytesMax)
        }
        let key = try Self.derive(password, cost: cost, salt: salt)
        return key.withBytes { key in
            digest.withUnsafeBytes { isEqualInConstantTime(key, $0) }
        }
    }

    private static func derive(
        _ password: borrowing SecretBytes, cost: PassphraseCost, salt: [UInt8]
    ) throws(AccessError) -> SecretBytes {
        guard cost.memory <= AccessLimits.passwordMemoryMax else { throw .unsafePasswordCost }
        do throws(SodiumError) {
            var key = try SecretBytes(count: digestCount)
            try PassphraseHash.derive(
                from: password, salt: salt, operations: UInt64(cost.operations),
                memory: Int(cost.memory), into: &key)
            return key
        } catch {
            throw .hashingFailed(error)
        }
    }
}

extension PasswordHash: CustomStringConvertible {
    /// Says nothing of what it is the hash of.
    public var description: String { "a password's hash" }
}
