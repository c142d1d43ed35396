import ArgumentParser
import Glibc
import VaultAPI
import VaultClient
import VaultDoctor

/// `vaultctl doctor`: looks for everything that is set up badly.
struct DoctorCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for everything that is set up badly, and say what to do.",
        discussion: """
            Asks the vault what it finds of itself, and looks at the machine, at the process and \
            at the files as far as you may. Works as far as it can when no vault answers; name \
            the data directory then. Run it as root or as the user of vaultd to have all of it.

            Severities are ok, info, warning and critical. Exits with 1 when there is a warning or \
            something critical, 0 otherwise.

            EXAMPLES
              vaultctl doctor
              vaultctl doctor --data-dir /var/lib/vaultd --backups /var/lib/vault-backups/archives
              vaultctl doctor -o json | jq '.findings[] | select(.severity != "ok")'
            """)

    @Option(
        name: .customLong("data-dir"),
        help: ArgumentHelp("Look at the files of this vault, too.", valueName: "directory"),
        completion: .directory)
    var dataDirectory: String?

    @Option(
        name: .customLong("keyfile"),
        help: ArgumentHelp("Look at the key file that vaultd starts with, too.", valueName: "file"),
        completion: .file())
    var keyfile: String?

    @Option(
        name: .customLong("backups"),
        help: ArgumentHelp(
            "Look at the place of the archives, too; with --data-dir.", valueName: "directory"),
        completion: .directory)
    var backups: String?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard dataDirectory != nil || (keyfile == nil && backups == nil) else {
            throw ValidationError(
                "--keyfile and --backups are compared with the data directory; add --data-dir")
        }
    }

    func perform() async throws -> ExitStatus {
        let answer = await asked()
        let report = DoctorReport(answer.findings + seen(answer.processID, answer.findings))
        var output = StandardOutput()
        try output.write(options.output == .table ? report.table : report.json)
        try output.flush()
        return report.exitStatus == 0 ? .done : .failed
    }

    /// What the vault says of itself, and which process it is. That it says nothing is a finding.
    private func asked() async -> (processID: Int32?, findings: [Finding]) {
        do {
            return try await options.onVault { vault in
                let status = try await vault.status()
                return (status.pid, try await vault.check().map { Finding($0) })
            }
        } catch let error as VaultClientError {
            return (nil, [Self.finding(CommandFailure(error))])
        } catch let error as CommandFailure {
            return (nil, [Self.finding(error)])
        } catch {
            return (nil, [Self.finding(CommandFailure(.failed, "\(error)", nextStep: ""))])
        }
    }

    private static func finding(_ failure: CommandFailure) -> Finding {
        // A refusal is no fault of the vault's.
        Finding(
            "vaultd", failure.status == .denied ? .warning : .critical,
            "the vault does not say how it is: \(failure.message)", fix: failure.nextStep)
    }

    /// What is seen from here; the vault's own word on the same thing comes first.
    private func seen(_ processID: Int32?, _ told: [Finding]) -> [Finding] {
        let machine = MachineFacts.read()
        let process = processID.flatMap(ProcessFacts.read)
        let userID = process?.userID ?? geteuid()
        var findings = MachineRules.findings(machine, process: process)
        if let process { findings += ProcessRules.findings(process) }
        let socket = PlaceFacts.read(socket: options.socketPath, userID: userID)
        findings += FileRules.findings(socket, now: machine.now)
        if let dataDirectory {
            let place = PlaceFacts.read(
                directory: dataDirectory, keyfile: keyfile, backups: backups, configuration: nil,
                socket: nil, userID: userID)
            findings += FileRules.findings(place, now: machine.now)
        }
        let known = Set(told.map(\.id))
        return findings.filter { !known.contains($0.id) }
    }
}
