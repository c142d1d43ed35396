import ArgumentParser

/// What a restore into a running vault may be asked for.
struct LiveRestoreOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "Give keys of the running vault the values back that they had, as new revisions.")
    var intoLive = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --into-live: the keys that begin with this; '' for every key.",
            valueName: "prefix"))
    var prefix: String?

    @Flag(name: .long, help: "With --into-live: also delete keys that did not exist then.")
    var deleteNewer = false

    @Flag(name: .long, help: "With --into-live: say what would change, and change nothing.")
    var dryRun = false

    @Flag(name: .long, help: "With --into-live: do not ask.")
    var yes = false

    /// Refuses what does not go together; before anything is read.
    func check(dataDir: String?) throws(CommandFailure) {
        guard intoLive != (dataDir != nil) else {
            throw CommandFailure(
                .usage, "name either --data-dir or --into-live",
                nextStep: "see 'vaultctl backup restore --help'")
        }
        guard intoLive else {
            guard prefix == nil, !deleteNewer, !dryRun, !yes else {
                throw CommandFailure(
                    .usage, "--prefix, --delete-newer, --dry-run and --yes go with --into-live",
                    nextStep: "a data directory is restored whole")
            }
            return
        }
        guard prefix != nil else {
            throw CommandFailure(
                .usage, "--into-live wants a --prefix", nextStep: "--prefix '' is every key")
        }
        guard yes || dryRun || Terminal.isInteractive else {
            throw CommandFailure(
                .usage, "standard input is not a terminal to ask whether to go on",
                nextStep: "look with --dry-run, then add --yes")
        }
    }
}
