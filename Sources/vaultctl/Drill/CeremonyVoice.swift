import VaultBackup

/// Tells people what a drill does, a line a step.
final class CeremonyVoice: DrillVoice {
    /// The steps in plain words: what is true when they pass.
    private static let words: [String: String] = [
        "choose": "The archives are there, and none is missing in between",
        "age": "The newest archive is as new as it must be",
        "bytes": "Every byte of them is what was written",
        "unwrap": "The key opens the backup",
        "signer": "It is of a vault that was drilled before, or the first one",
        "offline-key": "It is not a key that timers drill with",
        "state-hash": "Every record opens, and together they are what the vault had",
        "audit-lines": "Each line of the audit log in them follows from the one before",
        "scratch": "There is a private directory for the rehearsal",
        "restore": "The vault was restored into it",
        "server": "A vaultd runs on the restored vault",
        "unseal": "The key opens the restored vault",
        "first-read": "The first secret could be read",
        "rto": "All of that was as fast as it must be",
        "counts": "There are as many records as there were",
        "content": "Secrets say what they said, and deleted ones stay deleted",
        "canary": "The canary that the vault planted is there, and no older one",
        "revisions": "Revisions that the lost vault may have given out are refused",
        "watch": "Who watched the lost vault is told that revisions are missing",
        "write": "A secret could be written",
        "access": "Everybody may do what they might, and no more",
        "audit": "The audit log goes on where it was",
        "files": "The files are private, and no secret is in them in plain text",
        "teardown": "Everything of the rehearsal is gone again",
    ]

    func begins(_ check: String) {}

    func ended(_ outcome: StepOutcome, milliseconds: Int64) {
        let text = Self.words[outcome.check] ?? outcome.check
        guard let reason = outcome.reason else {
            return Interview.say("  ok    \(text)")
        }
        Interview.say("  NOT   \(text):\n        \(TerminalText.escaped(reason.utf8))")
    }

    func clear() {}
}
