import ArgumentParser

/// What a drill leaves behind, besides the ledger.
struct DrillOutputs: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Write the report here, as JSON.", valueName: "file"),
        completion: .file())
    var report: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write the history of drills here, as a page to look at; without --ledger, a page of "
                + "this drill.", valueName: "file"),
        completion: .file())
    var html: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --ledger: write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?
}
