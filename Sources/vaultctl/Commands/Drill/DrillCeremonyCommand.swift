import ArgumentParser
import VaultBackup

/// `vaultctl drill ceremony`: people prove the key that is kept offline.
struct DrillCeremonyCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceremony",
        abstract: "Prove the offline key: a restore by people, with nothing but it.",
        discussion: """
            A timer cannot use the offline key without making it an online one, so people do it, \
            every quarter and after each change of keys or versions: on another machine, with the \
            archives, this program and the printed runbook. Asks who is there and for the key, \
            says in plain words what it does, and ends with a summary to print and to sign. With \
            --ledger the proof is remembered: 'drill status --key-age' and \
            vault_recovery_key_last_proven_timestamp_seconds tell how old it is. Answers may also \
            come line by line on standard input.

            EXAMPLES
              vaultctl drill ceremony --backups /media/backup --ledger /media/ledger
              vaultctl drill ceremony --backups /media/backup --recovery-key /media/usb/offline.key
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var drill: DrillOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions
    @OptionGroup var outputs: DrillOutputs

    @Option(
        name: .customLong("operator"),
        help: ArgumentHelp(
            "Who is there; may be repeated (default: it is asked for).", valueName: "name"))
    var operators: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write the summary here, too, to print and to sign.", valueName: "file"),
        completion: .file())
    var summary: String?

    func validate() throws { try opening.check(with: credential) }

    func perform() async throws -> ExitStatus {
        CeremonyQuestions.begin()
        var held = DrillReport.Ceremony()
        held.operators = try CeremonyQuestions.operators(operators)
        held.isAuthorPresent = try Interview.confirm("Has one of you written the runbook?")
        if held.isAuthorPresent { Interview.say("Next time let others do it.") }
        let start = DrillSteps.now()
        let key =
            KeptKey.isGiven(credential, opening)
            ? try KeptKey.read(credential, opening) : try CeremonyQuestions.key()
        held.keyMilliseconds = DrillSteps.now() - start
        var plan = DrillPlan()
        plan.level = .ceremony
        plan.ceremony = held
        Interview.say("\nThe rehearsal begins.")
        let (report, head) = try await DrillKeeper(drill, outputs).run(plan) { plan in
            // Nothing but the archives: the vault that was backed up is lost.
            DrillRunner(drill, plan, liveSocket: nil, voice: CeremonyVoice()) {
                () throws(CommandFailure) in key
            }
        }
        Interview.say("")
        return try finish(report, head)
    }

    private func finish(_ report: DrillReport, _ head: LedgerHead?) throws -> ExitStatus {
        let text = CeremonySummary(report: report, head: head).text
        if let summary { try LedgerPlace.write(text, to: summary) }
        var output = StandardOutput()
        switch options.output {
        case .table: try output.write(text)
        case .json: try output.write(report.text + "\n")
        }
        try output.flush()
        guard report.exit != 0 else { return .done }
        throw CommandFailure(
            ExitStatus(rawValue: report.exit) ?? .failed,
            "the key was not proven: \(report.reasons.first ?? "see the report")",
            nextStep: "see the runbook, 'The drill fails'")
    }
}
