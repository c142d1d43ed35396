import VaultClient

/// What the program says to scripts. These numbers are a contract: never change one.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    case notFound = 3
    case denied = 4
    /// Sealed or not initialised.
    case sealed = 5
    case unreachable = 6
    case wrongKey = 12
    case damaged = 13
    case unsupportedFormat = 24

    init(_ category: VaultClientError.Category) {
        switch category {
        case .sealed, .notInitialized: self = .sealed
        case .denied: self = .denied
        case .unreachable: self = .unreachable
        case .notFound: self = .notFound
        case .wrongKey: self = .wrongKey
        case .damaged: self = .damaged
        case .unsupportedFormat: self = .unsupportedFormat
        case .alreadyDone, .unsupportedMethod, .compacted, .futureRevision, .noSpace,
            .overloaded, .invalidRequest, .timedOut, .cancelled, .other:
            self = .failed
        }
    }
}
