import Sodium

/// The key that a drill host signs its ledger with: made at first use, kept in a file of mode 0600.
public struct LedgerKey: ~Copyable, Sendable {
    private let seed: SecretBytes
    /// The half that verifies, 32 bytes: printed, and kept by whoever audits.
    public let publicHalf: [UInt8]

    private init(seed: consuming SecretBytes, publicHalf: [UInt8]) {
        self.seed = seed
        self.publicHalf = publicHalf
    }

    /// Reads the key from a file, or makes one there when there is no such file.
    ///
    /// Throws `.integrity` for a file that is no key, or that others can read.
    public static func open(
        _ name: String, in files: any BackupFiles
    ) throws(BackupError) -> LedgerKey {
        try BackupError.memory { () throws(SodiumError) in try Sodium.initialize() }
        if let key = try existing(name, in: files) { return key }
        let seed = try BackupError.memory { () throws(SodiumError) in
            try SecretBytes.random(count: Ed25519.seedCount)
        }
        try write(seed, to: name, in: files)
        return try make(of: seed)
    }

    /// The key in a file; nil when there is none. Throws as `open` does.
    public static func existing(
        _ name: String, in files: any BackupFiles
    ) throws(BackupError) -> LedgerKey? {
        let isThere: Bool
        do throws(FileFault) { isThere = try files.exists(name) } catch {
            throw error.error(in: files.path)
        }
        guard isThere else { return nil }
        try BackupError.memory { () throws(SodiumError) in try Sodium.initialize() }
        return try make(of: try read(name, in: files))
    }

    /// The public half, 64 hex digits.
    public var publicText: String { Hexadecimal.encode(publicHalf) }

    /// The public half from its text; nil when that is none.
    public static func publicHalf(_ text: String) -> [UInt8]? {
        let bytes = Hexadecimal.decode(text)
        return bytes?.count == Ed25519.publicCount ? bytes : nil
    }

    func sign(_ message: [UInt8]) throws(BackupError) -> [UInt8] {
        try BackupError.memory { () throws(SodiumError) in
            try Ed25519.sign(message, seed: seed).signature
        }
    }

    private static func make(of seed: consuming SecretBytes) throws(BackupError) -> LedgerKey {
        var publicHalf: [UInt8] = []
        do throws(SodiumError) { publicHalf = try Ed25519.sign([], seed: seed).publicHalf } catch {
            throw .memory(error)
        }
        return LedgerKey(seed: seed, publicHalf: publicHalf)
    }

    private static func read(
        _ name: String, in files: any BackupFiles
    ) throws(BackupError) -> SecretBytes {
        var bytes: [UInt8] = []
        var isPrivate = false
        do throws(FileFault) {
            let file = try files.patiently { () throws(FileFault) in
                try files.open(name, appending: false)
            }
            defer { files.close(file) }
            isPrivate = try files.isPrivate(file)
            if isPrivate { bytes = try files.readAll(file, limit: Ed25519.seedCount) }
        } catch { throw error.error(in: files.path) }
        guard isPrivate else {
            throw .integrity("\(name) can be used by others; take their rights away (chmod 600)")
        }
        guard bytes.count == Ed25519.seedCount else {
            throw .integrity("\(name) is no key of a ledger: it has not 32 bytes")
        }
        do throws(SodiumError) { return try SecretBytes(wiping: &bytes) } catch {
            throw .memory(error)
        }
    }

    private static func write(
        _ seed: borrowing SecretBytes, to name: String, in files: any BackupFiles
    ) throws(BackupError) {
        var file = try AtomicFile.begin(name, in: files)
        try seed.withBytes { (bytes) throws(BackupError) in try file.append(bytes) }
        try file.publish()
    }
}
