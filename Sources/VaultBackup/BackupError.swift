/// Why a backup, a restore or a drill did not succeed. Each case has an exit status of its own
/// (the command line contract); the text says what was found and what to do next.
public enum BackupError: Error, Equatable, Sendable {
    /// The credential opens no slot of the archive, or is of a kind that it has no slot for.
    case wrongKey(String)
    /// Bytes are not what was written.
    case integrity(String)
    /// An archive that others continue is missing.
    case incompleteChain(String)
    /// The newest archive is too old, or older than one that was seen before.
    case stale(String)
    /// The restore took longer than its target.
    case rtoMissed(String)
    /// Counts or the state hash are not what the archive says.
    case mismatch(String)
    /// Decisions of access, or the audit log, do not go on as they were.
    case continuity(String)
    /// A negative control was not noticed: the drill proves nothing.
    case blind(String)
    /// The disk, a quota or a limit of file sizes leaves no room.
    case noSpace(String)
    /// The directory is not empty, or something is using it.
    case targetInUse(String)
    /// The machine's clock cannot be right.
    case clock(String)
    /// The environment failed: nothing was proven.
    case inconclusive(String)
    /// Written by a newer version.
    case unsupportedFormat(String)
    /// The newest good backup or drill is too old.
    case overdue(String)

    /// The exit status of the program that ends with this.
    public var exitCode: Int32 {
        switch self {
        case .wrongKey: 12
        case .integrity: 13
        case .incompleteChain: 14
        case .stale: 15
        case .rtoMissed: 16
        case .mismatch: 17
        case .continuity: 18
        case .blind: 19
        case .noSpace: 20
        case .targetInUse: 21
        case .clock: 22
        case .inconclusive: 23
        case .unsupportedFormat: 24
        case .overdue: 25
        }
    }

    /// One line: what was found, and what to do next.
    public var message: String {
        switch self {
        case .wrongKey(let text), .integrity(let text), .incompleteChain(let text),
            .stale(let text), .rtoMissed(let text), .mismatch(let text), .continuity(let text),
            .blind(let text), .noSpace(let text), .targetInUse(let text), .clock(let text),
            .inconclusive(let text), .unsupportedFormat(let text), .overdue(let text):
            text
        }
    }
}
