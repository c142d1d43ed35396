import Glibc
public import VaultDoctor
import VaultSeal

/// What `vaultd --check` finds: how the machine, the files and a vaultd that is started here would
/// be. Opens no vault and changes nothing.
public enum StartCheck {
    /// - Parameter configurationFile: where `configuration` came from, if from a file.
    public static func report(
        _ configuration: ServerConfiguration, configurationFile: String?
    ) -> DoctorReport {
        let machine = MachineFacts.read()
        let process = ProcessFacts.read(getpid())
        var findings = MachineRules.findings(machine, process: process)
        if let process { findings += ProcessRules.findings(process) }
        let confinement = Confinement.available
        // What there will be: this process looks at more than a confined one may.
        findings += ProcessRules.findings(SelfFacts.read(confinement: confinement))
        let place = PlaceFacts.read(
            directory: configuration.dataDirectory,
            keyfile: configuration.keyfile.isEmpty ? nil : configuration.keyfile,
            configuration: configurationFile, socket: configuration.socket, userID: geteuid())
        findings += FileRules.findings(place, now: machine.now)
        findings += vault(configuration)
        return DoctorReport(findings)
    }

    /// A configuration that was refused is all there is to say.
    public static func report(_ error: ConfigurationError) -> DoctorReport {
        DoctorReport([
            Finding(
                "configuration", .critical, error.description,
                fix: "correct it: vaultd does not start")
        ])
    }

    private static func vault(_ configuration: ServerConfiguration) -> [Finding] {
        var facts = VaultFacts()
        facts.isSealed = true
        facts.take(configuration.audit)
        do throws(SealError) {
            facts.take(try KeyringFile.describe(in: configuration.dataDirectory))
        } catch {
            guard error == .notInitialized else {
                return [
                    Finding(
                        "keyring", .critical, "the keyring cannot be used: \(error)",
                        fix: "look at \(configuration.dataDirectory), or restore a backup")
                ]
            }
            let mark = configuration.dataDirectory + "/" + CurrentFile.name
            guard access(mark, F_OK) != 0 else {
                return [
                    Finding(
                        "keyring", .critical, "the keyring of the vault is missing",
                        fix: "put it back into \(configuration.dataDirectory), or restore a backup"
                    )
                ]
            }
            facts.isInitialized = false
        }
        // The audit log's and the store's state are the running daemon's to tell.
        return VaultRules.findings(facts).filter { !["audit", "alarms"].contains($0.id) }
    }
}
