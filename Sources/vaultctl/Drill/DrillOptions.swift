import ArgumentParser

/// What a drill restores, and how good that has to be.
struct DrillOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The directory with the archives.", valueName: "directory"),
        completion: .directory)
    var backups: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the ledger of drills and its key are kept; outside of the vault. Without it "
                + "nothing is remembered.", valueName: "directory"),
        completion: .directory)
    var ledger: String?

    @Flag(
        name: .customLong("new-vault"),
        help: "The backup may be of a vault that no drill in the ledger has seen.")
    var isNewVault = false

    @Option(
        name: .long,
        help: ArgumentHelp("The newest archive may be so old.", valueName: "seconds"))
    var rpo: Int64 = 26 * 3_600

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The restore, to the first read, may take so long.", valueName: "seconds"))
    var rto: Int64 = 60

    @Option(
        name: .long,
        help: ArgumentHelp("Keys that are read back, at least.", valueName: "count"))
    var sample: Int = 500

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the scratch directory is made (default: $TMPDIR, then /tmp).",
            valueName: "directory"),
        completion: .directory)
    var scratch: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The vaultd to start (default: the one beside vaultctl).", valueName: "file"),
        completion: .file())
    var vaultd: String?

    /// Of `rpo`, `rto` and `sample`: 31 years, or more than anybody waits for.
    private static let targetMax = 1_000_000_000

    func validate() throws {
        let targets = 1...Int64(Self.targetMax)
        guard targets.contains(rpo), targets.contains(rto), targets.contains(Int64(sample)) else {
            throw CommandFailure(
                .usage, "--rpo, --rto and --sample are 1 to \(Self.targetMax)",
                nextStep: "leave them out")
        }
    }
}
