import VaultSeal

/// How a restored store seals the records that it takes.
struct RecordSealing: Sendable {
    let cipher: RecordCipher
    /// Later records are left out.
    let lastRevision: Int64
}
