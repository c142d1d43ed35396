import VaultBackup

extension CommandFailure {
    /// The text of a backup's error says the next step itself.
    init(_ error: BackupError) {
        let status: ExitStatus =
            switch error {
            case .wrongKey: .wrongKey
            case .integrity: .damaged
            case .incompleteChain: .incompleteChain
            case .stale: .stale
            case .rtoMissed: .rtoMissed
            case .mismatch: .mismatch
            case .continuity: .continuity
            case .blind: .blind
            case .noSpace: .noSpace
            case .targetInUse: .targetInUse
            case .clock: .clock
            case .inconclusive: .inconclusive
            case .unsupportedFormat: .unsupportedFormat
            case .overdue: .overdue
            }
        self.init(status, error.message)
    }
}
