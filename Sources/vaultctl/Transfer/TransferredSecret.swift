/// A secret in a file: what its key is called there, and its value.
struct TransferredSecret: Equatable {
    /// What follows the prefix in the key.
    let name: [UInt8]
    let value: [UInt8]

    /// More than that is a backup's work, and would not fit many editors.
    static let fileBytesMax = 64 << 20
}
