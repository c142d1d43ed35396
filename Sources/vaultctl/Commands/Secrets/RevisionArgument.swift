/// Revisions as arguments.
enum RevisionArgument {
    static func check(_ revision: Int64) throws(CommandFailure) {
        guard revision > 0 else {
            throw CommandFailure(
                .usage, "a revision is a number from 1 on, not \(revision)",
                nextStep: "see the current one with 'vaultctl status'")
        }
    }
}
