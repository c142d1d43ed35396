import ArgumentParser
import Glibc
import Logging
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

    func validate() throws {
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
        // Before any thread is started, so that every thread inherits the mask.
        TerminationSignals.block()
        let failures = Hardening.apply()
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        Task {
            do throws(DaemonError) {
                try await serve(until: stops, hardeningFailures: failures)
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

    private func serve(
        until stops: AsyncStream<Void>, hardeningFailures: [String]
    ) async throws(DaemonError) {
        let environment = Environment.current
        let settings = try await settings(environment)
        let logger = makeLogger(settings, hardeningFailures)
        let daemon =
            isDevelopment
            ? try await Daemon.startDevelopment(
                settings, socket: socket, environment: environment, logger: logger)
            : try await Daemon.start(settings, logger: logger)
        let notification = ServiceNotification(environment: environment)
        notification.ready()
        announce(daemon)
        for await _ in stops { break }
        notification.stopping()
        await daemon.stop()
    }

    private func makeLogger(
        _ settings: ServerConfiguration, _ hardeningFailures: [String]
    ) -> Logger {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = settings.logLevel
            return handler
        }
        let logger = Logger(label: "vaultd")
        for failure in hardeningFailures {
            logger.warning("the process is less protected than it should be: \(failure)")
        }
        if geteuid() == 0, !isDevelopment {
            logger.warning("running as root; a user of its own is safer")
        }
        return logger
    }

    private func settings(
        _ environment: [String: String]
    ) async throws(DaemonError) -> ServerConfiguration {
        do throws(ConfigurationError) {
            var settings = try await ServerConfiguration.load(
                file: config, environment: environment)
            if let dataDirectory { settings.dataDirectory = dataDirectory }
            if let socket { settings.socket = socket }
            if let keyfile { settings.keyfile = keyfile }
            return settings
        } catch {
            throw DaemonError(error)
        }
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
