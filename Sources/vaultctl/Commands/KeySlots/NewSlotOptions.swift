import ArgumentParser
import VaultAPI
import VaultClient

/// What opens a slot that is to be made.
struct NewSlotOptions: ParsableArguments {
    static let labelBytesMax = 64

    @OptionGroup var credential: CredentialOptions
    @OptionGroup var slots: SlotOptions

    @Option(
        name: .long,
        help: ArgumentHelp("A name for people, at most 64 bytes; no secret.", valueName: "text"))
    var label = ""

    func validate() throws {
        let given =
            [credential.passphraseFile, credential.keyfile].count { $0 != nil } + slots.count
        guard given <= 1 else {
            throw CommandFailure(
                .usage, "this makes one slot, and more than one was asked for",
                nextStep: "give one of --passphrase-file, --keyfile, --recipient and --shares")
        }
        guard label.utf8.count <= Self.labelBytesMax else {
            throw CommandFailure(
                .usage, "a label has at most \(Self.labelBytesMax) bytes",
                nextStep: "choose a shorter one")
        }
    }

    /// The slot, and the key file that was made for it, if one was.
    func collect() throws(CommandFailure) -> InitPlan {
        var plan = InitPlan()
        try plan.collect(from: credential, slots)
        plan.label(label)
        return plan
    }
}
