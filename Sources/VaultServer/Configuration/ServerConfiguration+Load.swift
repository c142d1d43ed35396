import Configuration
import Logging
import Synchronization
import VaultAccess

extension ServerConfiguration {
    /// The defaults, overridden by the YAML file, overridden by `VAULTD_*` in `environment`.
    ///
    /// Starts no thread: a process can only confine itself while it has one.
    public static func load(
        file path: String?, environment: [String: String]
    ) throws(ConfigurationError) -> ServerConfiguration {
        var file: YAMLSnapshot?
        if let path { file = try readFile(path) }
        let reader = SettingReader(environment: environment, file: file)
        var configuration = ServerConfiguration()
        try configuration.readPaths(reader)
        try configuration.readLimits(reader)
        try configuration.readHistory(reader)
        try configuration.readRotation(reader)
        try configuration.readAudit(reader)
        try configuration.readQuotas(reader)
        return configuration
    }

    /// The keys that a file has, known or not.
    static func keys(of path: String) throws(ConfigurationError) -> [String] {
        try parseFile(path).keys
    }

    private static func readFile(_ path: String) throws(ConfigurationError) -> YAMLSnapshot {
        let (file, keys) = try parseFile(path)
        let known = Set(SettingKey.allCases.map(\.rawValue))
        if let unknown = keys.sorted().first(where: { !known.contains($0) }) {
            throw .unknownKey(path: path, key: unknown)
        }
        return file
    }

    private static func parseFile(
        _ path: String
    ) throws(ConfigurationError) -> (file: YAMLSnapshot, keys: [String]) {
        var bytes = try ConfigurationFile.read(path)
        // Whoever changes no default has nothing left but comments; to YAML that is no mapping.
        if isCommentAlone(bytes) { bytes = Array("{}".utf8) }
        // The snapshot does not list its keys, but asks for each whether it is a secret.
        let keys = Mutex<[String]>([])
        do {
            let file = try YAMLSnapshot(
                data: bytes.span.bytes, providerName: path,
                parsingOptions: .init(
                    secretsSpecifier: .dynamic { key, _ in
                        keys.withLock { $0.append(key) }
                        return false
                    }))
            return (file, keys.withLock { $0 })
        } catch {
            throw .unreadable(path: path, reason: singleLine("\(error)"))
        }
    }

    /// Comments, and blank lines between them. A file without a byte may be what a crash left.
    private static func isCommentAlone(_ bytes: [UInt8]) -> Bool {
        let starts = bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }
        }
        return !starts.isEmpty && starts.allSatisfy { $0 == UInt8(ascii: "#") }
    }

    private mutating func readPaths(_ reader: SettingReader) throws(ConfigurationError) {
        if let path = try reader.text(.dataDirectory) { dataDirectory = path }
        if let path = try reader.text(.socket) { socket = path }
        if let path = try reader.text(.keyfile) { keyfile = path }
        if let path = try reader.text(.anchorFile) { anchorFile = path }
        acceptsUnprovenSlots =
            try reader.parsed(.unprovenSlots, allowed: "refuse or accept") {
                ["refuse": false, "accept": true][$0]
            } ?? acceptsUnprovenSlots
        socketMode =
            try reader.parsed(.socketMode, allowed: "an octal mode from 0600 to 0666") { text in
                Int(text, radix: 8).flatMap { $0 & ~0o666 == 0 && $0 & 0o600 == 0o600 ? $0 : nil }
            } ?? socketMode
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        logLevel =
            try reader.parsed(.logLevel, allowed: "one of \(levels)") {
                Logger.Level(rawValue: $0)
            } ?? logLevel
    }

    private mutating func readHistory(_ reader: SettingReader) throws(ConfigurationError) {
        let mode =
            try reader.parsed(.autoCompactionMode, allowed: "off, periodic or revision") {
                ["off", "periodic", "revision"].contains($0) ? $0 : nil
            } ?? "off"
        switch mode {
        case "periodic":
            let period = try reader.parsed(
                .autoCompactionRetention, allowed: DurationText.allowed, DurationText.milliseconds)
            guard let period else { throw Self.withoutRetention(DurationText.allowed) }
            autoCompaction = .periodic(period)
        case "revision":
            let count = try reader.number(.autoCompactionRetention, in: 1...Int(Int32.max))
            guard let count else { throw Self.withoutRetention("a number of revisions") }
            autoCompaction = .revisions(Int64(count))
        default: break
        }
        watchProgressInterval =
            try reader.parsed(
                .watchProgressInterval, allowed: DurationText.allowed, DurationText.milliseconds)
            ?? watchProgressInterval
        retention =
            try reader.list(.retention, allowed: RetentionText.allowed, RetentionText.rule)
            ?? retention
    }

    private mutating func readRotation(_ reader: SettingReader) throws(ConfigurationError) {
        rotation.age =
            try reader.parsed(.rotateAfter, allowed: "never or " + DurationText.allowed) {
                $0 == "never" ? 0 : DurationText.milliseconds($0)
            } ?? rotation.age
        if let records = try reader.number(.rotateAfterRecords, in: 0...Int.max) {
            rotation.records = UInt64(records)
        }
        if let bytes = try reader.number(.rotateAfterBytes, in: 0...Int.max) {
            rotation.bytes = UInt64(bytes)
        }
        rewrapRate = try reader.number(.rewrapRate, in: 1...10_000_000) ?? rewrapRate
    }

    private mutating func readAudit(_ reader: SettingReader) throws(ConfigurationError) {
        audit.synchronization =
            try reader.parsed(.auditSync, allowed: "each, never or " + DurationText.allowed) {
                text -> AuditConfiguration.Synchronization? in
                switch text {
                case "each": .each
                case "never": .never
                default: DurationText.milliseconds(text).map { .interval($0) }
                }
            } ?? audit.synchronization
        audit.fileBytesMax =
            try reader.number(.auditRotateBytes, in: (1 << 20)...(1 << 40)) ?? audit.fileBytesMax
        audit.fileAgeMax =
            try reader.parsed(
                .auditRotateAge, allowed: DurationText.allowed, DurationText.milliseconds)
            ?? audit.fileAgeMax
        audit.keepFiles = try reader.number(.auditKeepFiles, in: 0...1_000_000) ?? audit.keepFiles
        audit.namesKeys =
            try reader.parsed(.auditKeyNames, allowed: "hashed or plain") {
                ["hashed": false, "plain": true][$0]
            } ?? audit.namesKeys
    }

    private mutating func readQuotas(_ reader: SettingReader) throws(ConfigurationError) {
        quotas =
            try reader.list(.quotas, allowed: QuotaRule.allowed) { QuotaRule($0) } ?? quotas
        requestsPerSecondMax =
            try reader.number(.requestsPerSecondMax, in: 0...100_000_000) ?? requestsPerSecondMax
    }

    private static func withoutRetention(_ allowed: String) -> ConfigurationError {
        .invalid(
            key: SettingKey.autoCompactionRetention.rawValue, value: "", allowed: allowed)
    }

    private mutating func readLimits(_ reader: SettingReader) throws(ConfigurationError) {
        quotaBytes = try reader.number(.quotaBytes, in: 0...(1 << 40)) ?? quotaBytes
        passphraseMemoryMebibytes =
            try reader.number(.passphraseMemoryMebibytes, in: 8...1_024)
            ?? passphraseMemoryMebibytes
        passphrasePasses = try reader.number(.passphrasePasses, in: 1...10) ?? passphrasePasses
        unsealThreads = try reader.number(.unsealThreads, in: 0...256) ?? unsealThreads
        eventThreads = try reader.number(.eventThreads, in: 0...256) ?? eventThreads
        connectionsMax = try reader.number(.connectionsMax, in: 1...1_000_000) ?? connectionsMax
        connectionsPerUserMax =
            try reader.number(.connectionsPerUserMax, in: 1...1_000_000) ?? connectionsPerUserMax
        streamsPerConnectionMax =
            try reader.number(.streamsPerConnectionMax, in: 1...100_000)
            ?? streamsPerConnectionMax
        drainSeconds = try reader.number(.drainSeconds, in: 0...3_600) ?? drainSeconds
    }
}
