import RPC
import VaultAccess
import VaultSeal
import VaultStore

/// Why the daemon does not start. `description` is the line for standard error, `exitStatus` what
/// the process ends with.
public struct DaemonError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    public let exitStatus: Int32

    init(_ description: String, exitStatus: Int32 = 1) {
        self.description = description
        self.exitStatus = exitStatus
    }

    /// A build for measuring was started as if it kept secrets.
    static let withoutAccess = DaemonError(
        "this build has no access control and serves throw-away vaults only; start it with --dev",
        exitStatus: 2)

    /// A configuration that was refused.
    public init(_ error: ConfigurationError) {
        self.init(error.description, exitStatus: 2)
    }

    init(_ error: DataDirectoryError) {
        self.init(error.description, exitStatus: Self.exitStatus(of: error))
    }

    /// An unseal at start that failed.
    init(_ error: VaultError) {
        let text = StatusTable.status(of: error).message
        let prefix = "vaultd: "
        let exitStatus = Self.exitStatus(of: error)
        self.init(
            (text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
                + (exitStatus == 12 ? "; name another --keyfile" : ""),
            exitStatus: exitStatus)
    }

    private static func exitStatus(of error: DataDirectoryError) -> Int32 {
        switch error {
        case .inUse: 21
        case .unsupportedFormat: 24
        case .damaged, .incomplete: 13
        case .notADirectory, .wrongKind, .wrongOwner, .looseMode, .system: 1
        }
    }

    private static func exitStatus(of error: AccessError) -> Int32 {
        switch error {
        case .damaged: 13
        case .unsupportedFormat: 24
        default: 1
        }
    }

    private static func exitStatus(of error: VaultError) -> Int32 {
        switch error {
        case .seal(.wrongKey), .seal(.noSlotOfThatKind): 12
        case .seal(.damaged), .seal(.unknownDataKey), .seal(.unsafeParameters): 13
        case .seal(.unsupportedFormat), .store(.unsupportedFormat): 24
        case .store(.damaged): 13
        case .store(.inUse): 21
        case .directory(let error): exitStatus(of: error)
        case .access(let error): exitStatus(of: error)
        case .notInitialized, .seal(.notInitialized): 5
        case .alreadyInitialized, .sealed, .alreadyUnsealed, .busy, .tooManyAttempts,
            .archiveOfAnotherTimeline, .invalidRequest, .unsupported, .share, .foreignShare, .seal,
            .store, .audit:
            1
        }
    }
}
