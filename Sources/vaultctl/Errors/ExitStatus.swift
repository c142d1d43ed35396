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
    /// An archive that others continue is missing.
    case incompleteChain = 14
    /// The newest archive is too old, or older than one that was seen before.
    case stale = 15
    case rtoMissed = 16
    /// Counts or the state hash are not what was written.
    case mismatch = 17
    /// Access or the audit log does not go on as it was.
    case continuity = 18
    /// A drill that would not notice.
    case blind = 19
    case noSpace = 20
    /// A directory that is not empty, or in use.
    case targetInUse = 21
    case clock = 22
    /// The environment failed; nothing was proven.
    case inconclusive = 23
    case unsupportedFormat = 24
    case overdue = 25
    /// A program that was to be run cannot be started; this and the next one are env(1)'s.
    case cannotStart = 126
    case noSuchProgram = 127

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
