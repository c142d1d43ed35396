import Sodium

/// BLAKE2b-256 without a key: tells decay, and names archives. What is written is authentic by
/// other means.
struct ArchiveHash: ~Copyable {
    static let count = 32

    private var hash: KeyedHash?

    init() {
        hash = KeyedHash(
            key: UnsafeRawBufferPointer(start: nil, count: 0), digestCount: Self.count)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) { hash?.update(bytes) }

    consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.count)
        digest.withUnsafeMutableBytes { output in
            hash.take()?.finish(into: output)
        }
        return digest
    }

    static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = ArchiveHash()
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.finish()
    }

    /// Lower-case hexadecimal digits.
    static func text(_ bytes: [UInt8]) -> String { Hexadecimal.encode(bytes) }
}
