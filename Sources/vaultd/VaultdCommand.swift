import ArgumentParser
import CWipe
import Glibc
import Logging
import VaultDoctor
import VaultServer

/// The daemon's command line.
struct VaultdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vaultd",
        abstract: "Keeps secrets encrypted and serves them over a UNIX socket, in etcd's words.",
        discussion: """
            vaultd --dev
                A throw-away vault, unsealed and yours alone; gone when it stops.

            vaultd --data-dir /var/lib/vaultd --socket /run/vaultd/vaultd.sock
                Starts sealed. Initialise it once with 'vaultctl init', then after each start
                'vaultctl unseal'.

            vaultd --config /etc/vaultd.yaml --keyfile /etc/vaultd.key
                Unseals itself from a key file (32 raw bytes, mode 0600).

            vaultd --check --config /etc/vaultd.yaml
                Starts nothing: looks for what is set up badly, and exits with 1 when there is a
                warning or something critical, 0 otherwise. --json for programs.

            When clients can connect, one line is written to standard output:
                ready: /path/of/the/socket
            Settings come from options, then VAULTD_* in the environment, then the file.

            Exit status: 0 stopped; 1 failed; 2 usage or configuration; 12 wrong key; 13 data
            damaged; 21 data directory in use; 24 format not supported.
            """,
        version: "vaultd \(Version.vaultd)")

    @Flag(name: .customLong("dev"), help: "Serve a throw-away vault, initialised and unsealed.")
    var isDevelopment = false

    @Option(name: .customLong("data-dir"), help: "Directory of the vault's files (mode 0700).")
    var dataDirectory: String?

    @Option(help: "Path of the UNIX socket.")
    var socket: String?

    @Option(help: "Configuration file (YAML); config/vaultd.yaml documents every key.")
    var config: String?

    @Option(help: "Key file that unseals the vault at start.")
    var keyfile: String?

    @Flag(help: "Start nothing; look for what is set up badly.")
    var check = false

    @Flag(help: "With --check: one JSON document.")
    var json = false

    func validate() throws {
        guard check || !json else { throw ValidationError("--json goes with --check") }
        guard !check || !isDevelopment else {
            throw ValidationError("--check is for a vault that stays; leave --dev out")
        }
        if isDevelopment {
            guard dataDirectory == nil, keyfile == nil else {
                throw ValidationError(
                    "--dev makes its own directory and key; leave --data-dir and --keyfile out")
            }
        } else if dataDirectory == nil, config == nil,
            Environment.current["VAULTD_DATA_DIRECTORY"] == nil
        {
            throw ValidationError("name a vault with --data-dir or --config, or try --dev")
        }
    }

    func run() throws {
        // Before any thread is started: threads inherit the signal mask, the confinement and most
        // of the hardening.
        TerminationSignals.block()
        var weaknesses = Hardening.apply()
        // Values pass through buffers that nobody wipes by hand; freeing them does.
        if vault_wipes_freed_memory() != 1 { weaknesses.append("freed memory is not overwritten") }
        if check { Glibc.exit(checked()) }
        let settings: ServerConfiguration
        do throws(ConfigurationError) {
            settings = try self.settings()
        } catch {
            let error = DaemonError(error)
            StandardStreams.writeError("vaultd: \(error)")
            Glibc.exit(error.exitStatus)
        }
        // The confinement makes it already.
        let isNew = !isDevelopment && access(settings.dataDirectory, F_OK) != 0
        let confinement = Confinement.apply(
            ConfinementPlan(
                settings, isDevelopment: isDevelopment, environment: Environment.current))
        weaknesses += confinement.weaknesses
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        Task {
            do throws(DaemonError) {
                try await serve(
                    settings, until: stops, confinement: confinement, weaknesses: weaknesses,
                    isNew: isNew)
                Glibc.exit(0)
            } catch {
                StandardStreams.writeError("vaultd: \(error)")
                Glibc.exit(error.exitStatus)
            }
        }
        TerminationSignals.wait()
        stop.yield()
        // Somebody who asks twice does not want to wait for calls under way.
        TerminationSignals.wait()
        Glibc.exit(1)
    }

    /// Prints what there is to say, and returns what to exit with.
    private func checked() -> Int32 {
        let report: DoctorReport
        do throws(ConfigurationError) {
            report = StartCheck.report(try settings(), configurationFile: config)
        } catch {
            report = StartCheck.report(error)
        }
        let text = json ? report.json : report.table
        StandardStreams.writeOutput(String(text.dropLast()))
        return report.exitStatus
    }

    private func serve(
        _ settings: ServerConfiguration, until stops: AsyncStream<Void>,
        confinement: Confinement, weaknesses: [String], isNew: Bool
    ) async throws(DaemonError) {
        let environment = Environment.current
        let logger = makeLogger(settings, weaknesses)
        let daemon =
            isDevelopment
            ? try await Daemon.startDevelopment(
                settings, socket: socket, environment: environment, confinement: confinement,
                logger: logger)
            : try await Daemon.start(settings, confinement: confinement, logger: logger)
        if isNew {
            logger.notice(
                """
                made the data directory, for a new vault; if there is a vault already, \
                stop and look for a typo in --data-dir
                """, metadata: ["path": "\(settings.dataDirectory)"])
        }
        let notification = ServiceNotification(environment: environment)
        notification.ready()
        announce(daemon)
        for await _ in stops { break }
        notification.stopping()
        await daemon.stop()
    }

    private func makeLogger(
        _ settings: ServerConfiguration, _ weaknesses: [String]
    ) -> Logger {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = settings.logLevel
            return handler
        }
        let logger = Logger(label: "vaultd")
        for weakness in weaknesses {
            logger.warning("the process is less protected than it should be: \(weakness)")
        }
        if geteuid() == 0, !isDevelopment {
            logger.warning("running as root; a user of its own is safer")
        }
        return logger
    }

    private func settings() throws(ConfigurationError) -> ServerConfiguration {
        var settings = try ServerConfiguration.load(
            file: config, environment: Environment.current)
        if let dataDirectory { settings.dataDirectory = dataDirectory }
        if let socket { settings.socket = socket }
        if let keyfile { settings.keyfile = keyfile }
        return settings
    }

    /// Scripts wait for the line that starts with "ready: "; the others are for people.
    private func announce(_ daemon: Daemon) {
        let path = daemon.socketPath
        StandardStreams.writeOutput("ready: \(path)")
        guard isDevelopment else { return }
        StandardStreams.writeOutput("export VAULTD_SOCKET=\(path)")
        StandardStreams.writeOutput("etcdctl --endpoints=unix://\(path) put greeting hello")
    }
}
