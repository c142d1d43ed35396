import ArgumentParser
import VaultAPI
import VaultSeal

/// Slots that need no secret to be made: for shares, and for the owners of recovery keys.
struct SlotOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Make so many shares, for as many people; they are printed once.", valueName: "count"))
    var shares: UInt32?

    @Option(
        name: .long,
        help: ArgumentHelp("So many of the shares open the vault together.", valueName: "count"))
    var threshold: UInt32?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The public half of a recovery key, vdr1-..., as 'vaultctl recovery-key' prints it. "
                + "May be repeated.",
            valueName: "public-half"))
    var recipient: [String] = []

    /// How many slots they make.
    var count: Int { (shares == nil ? 0 : 1) + recipient.count }

    func validate() throws {
        guard (shares == nil) == (threshold == nil) else {
            throw CommandFailure(
                .usage, "--shares and --threshold go together",
                nextStep: "give both, as in --shares 5 --threshold 3")
        }
        if let shares, let threshold {
            guard (2...255).contains(shares), (2...shares).contains(threshold) else {
                throw CommandFailure(
                    .usage, "there are 2 to 255 shares, and a threshold of 2 up to their count",
                    nextStep: "choose as in --shares 5 --threshold 3")
            }
        }
        for text in recipient {
            do throws(SealError) { _ = try RecoveryPublicKey(text: text) } catch {
                throw CommandFailure(.usage, CommandFailure(error).message)
            }
        }
    }

    /// What the options ask for.
    func slots() -> [Vault_V1_NewSlot] {
        var slots: [Vault_V1_NewSlot] = []
        if let shares, let threshold {
            var slot = Vault_V1_NewSlot()
            slot.shares.count = shares
            slot.shares.threshold = threshold
            slots.append(slot)
        }
        for text in recipient {
            var slot = Vault_V1_NewSlot()
            slot.recipient = text
            slots.append(slot)
        }
        return slots
    }
}
