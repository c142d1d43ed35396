import VaultClient

/// Revisions as arguments.
enum RevisionArgument {
    static func check(_ revision: Int64) throws(CommandFailure) {
        guard revision > 0 else {
            throw CommandFailure(
                .usage, "a revision is a number from 1 on, not \(revision)",
                nextStep: "see the current one with 'vaultctl status'")
        }
    }

    /// The revision's past is gone; `oldest` is the first that can be read.
    static func compacted(_ revision: Int64, oldest: Int64) -> CommandFailure {
        CommandFailure(
            .failed, "revision \(revision) was compacted, with what it had of the key",
            nextStep: "choose one from \(oldest) on, or see 'vaultctl history' for what is left")
    }

    /// Names the revision in what the vault says about it.
    static func failure(after error: VaultClientError, revision: Int64) -> CommandFailure {
        switch error.category {
        case .compacted:
            CommandFailure(
                .failed, "revision \(revision) was compacted",
                nextStep: "choose a newer one, up to that of 'vaultctl status'")
        case .futureRevision:
            CommandFailure(
                .failed, "revision \(revision) is not written yet",
                nextStep: "choose an older one, up to that of 'vaultctl status'")
        default: CommandFailure(error)
        }
    }
}
