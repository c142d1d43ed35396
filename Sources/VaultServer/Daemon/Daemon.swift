import Glibc
public import Logging
import NIOCore
import NIOPosix
import RPC
import VaultAccess
import VaultSeal
import VaultStore

/// A running vaultd: the vault, its socket and its services.
public final class Daemon: Sendable {
    /// Where clients connect.
    public let socketPath: String

    let vault: Vault
    private let server: Server
    private let reads: LongReads
    private let recipes: Recipes
    private let group: MultiThreadedEventLoopGroup
    private let listeners: [ListeningSocket]
    private let scratch: PrivateDirectory?
    private let configuration: ServerConfiguration
    private let logger: Logger

    private init(
        parts: Parts, server: Server, listeners: [ListeningSocket], scratch: PrivateDirectory?
    ) {
        vault = parts.vault
        reads = parts.reads
        recipes = parts.recipes
        group = parts.group
        configuration = parts.configuration
        logger = parts.logger
        self.server = server
        self.listeners = listeners
        self.scratch = scratch
        socketPath = Self.socketPath(of: listeners, parts.configuration)
    }

    /// An inherited socket does not say where it is: the configuration does, if anybody.
    private static func socketPath(
        of listeners: [ListeningSocket], _ configuration: ServerConfiguration
    ) -> String {
        listeners.compactMap(\.path).first ?? configuration.socket
    }

    /// What every daemon is made of before it listens.
    private struct Parts {
        var vault: Vault
        var reads: LongReads
        var recipes: Recipes
        var group: MultiThreadedEventLoopGroup
        var configuration: ServerConfiguration
        var confinement = Confinement.off
        var logger: Logger
    }

    /// Serves the vault of `configuration.dataDirectory`: sealed, or unsealed by its key file.
    public static func start(
        _ configuration: ServerConfiguration, confinement: Confinement = .off, logger: Logger
    ) async throws(DaemonError) -> Daemon {
        guard !BuildKind.isWithoutAccess else { throw .withoutAccess }
        let parts = try makeParts(configuration, confinement, logger: logger)
        do throws(DaemonError) {
            if !configuration.keyfile.isEmpty {
                try await unseal(parts, keyfile: configuration.keyfile)
            }
            return try await listen(parts, isDevelopment: false, scratch: nil)
        } catch {
            await stop(parts)
            throw error
        }
    }

    /// Serves a new vault in a directory of its own, with a key that is in memory only. Both are
    /// gone when the daemon stops.
    public static func startDevelopment(
        _ configuration: ServerConfiguration, socket: String?, environment: [String: String],
        confinement: Confinement = .off, logger: Logger
    ) async throws(DaemonError) -> Daemon {
        if BuildKind.isWithoutAccess {
            logger.warning("this build has no access control and no audit log: for measuring only")
        }
        let scratch: PrivateDirectory
        do throws(DataDirectoryError) {
            scratch = try PrivateDirectory(environment: environment)
        } catch {
            throw DaemonError(error)
        }
        var configuration = configuration
        configuration.dataDirectory = scratch.path + "/data"
        configuration.socket = socket ?? scratch.path + "/vaultd.sock"
        do throws(DaemonError) {
            let parts = try makeParts(configuration, confinement, logger: logger)
            do throws(DaemonError) {
                try await initialize(parts.vault)
                return try await listen(parts, isDevelopment: true, scratch: scratch)
            } catch {
                await stop(parts)
                throw error
            }
        } catch {
            scratch.remove()
            throw error
        }
    }

    /// Refuses new calls, ends those that would go on for ever or wait for other clients, lets the
    /// others finish for `drainSeconds`, forgets the keys and removes the socket.
    public func stop() async {
        logger.info("stopping")
        recipes.end()
        await server.drain(timeout: .seconds(configuration.drainSeconds))
        for listener in listeners { listener.removePath() }
        await Self.stop(
            Parts(
                vault: vault, reads: reads, recipes: recipes, group: group,
                configuration: configuration, logger: logger))
        scratch?.remove()
        logger.info("stopped")
    }

    private static func makeParts(
        _ configuration: ServerConfiguration, _ confinement: Confinement, logger: Logger
    ) throws(DaemonError) -> Parts {
        let cost: PassphraseCost
        do throws(SealError) {
            cost = try PassphraseCost(
                operations: UInt32(configuration.passphrasePasses),
                memory: UInt64(configuration.passphraseMemoryMebibytes) << 20)
        } catch {
            throw DaemonError(.seal(error))
        }
        let directory: DataDirectory
        do throws(DataDirectoryError) {
            directory = try DataDirectory.acquire(configuration.dataDirectory)
        } catch {
            throw DaemonError(error)
        }
        let access: AccessControl
        do throws(AccessError) {
            // A login costs no more than "interactive": a passphrase opens the vault once a day,
            // passwords are checked all the time.
            access = try AccessControl(
                daemonUserID: geteuid(),
                passwordCost: cost.memory < PassphraseCost.interactive.memory
                    ? cost : .interactive)
        } catch {
            throw DaemonError(.access(error))
        }
        let vault: Vault
        do throws(VaultError) {
            vault = try Vault(
                directory: directory, storeConfiguration: configuration.store,
                passphraseCost: cost, access: access,
                trail: AuditTrail(
                    directory: directory.path(of: .audit), configuration.audit, logger: logger),
                anchorPath: configuration.anchorFile,
                acceptsUnprovenSlots: configuration.acceptsUnprovenSlots,
                logger: logger)
        } catch {
            throw DaemonError(error)
        }
        return Parts(
            vault: vault, reads: LongReads(), recipes: Recipes(),
            group: EventLoops.make(configuration),
            configuration: configuration, confinement: confinement, logger: logger)
    }

    private static func stop(_ parts: Parts) async {
        await withCheckedContinuation { continuation in
            parts.vault.seal { _ in continuation.resume() }
        }
        await parts.reads.shutdown()
        await parts.vault.shutdown()
        do {
            try await parts.group.shutdownGracefully()
        } catch {
            parts.logger.warning("event loops did not stop", metadata: ["error": "\(error)"])
        }
    }

    private static func unseal(_ parts: Parts, keyfile: String) async throws(DaemonError) {
        let credential = try KeyfileReading.credential(path: keyfile)
        guard parts.vault.status().isInitialized else {
            // A service with a key file in its configuration must come up once to be initialised.
            parts.logger.warning("not initialised; run 'vaultctl init' with the key file")
            return
        }
        let result = await withCheckedContinuation { continuation in
            parts.vault.unseal(with: credential, progress: { _ in }) {
                continuation.resume(returning: $0)
            }
        }
        if case .failure(let error) = result { throw DaemonError(error) }
    }

    private static func initialize(_ vault: Vault) async throws(DaemonError) {
        let credential: CredentialBox
        do throws(VaultError) {
            credential = try CredentialBox.randomKeyfile()
        } catch {
            throw DaemonError(error)
        }
        let result = await withCheckedContinuation { continuation in
            vault.initialize(slots: [NewSlot(opener: .credential(credential))]) {
                continuation.resume(returning: $0)
            }
        }
        if case .failure(let error) = result { throw DaemonError(error) }
    }

    private static func gate(_ parts: Parts) throws(DaemonError) -> ServerGate {
        do throws(QuotaError) {
            return ServerGate(
                vault: parts.vault,
                quotaBook: try QuotaBook(
                    parts.configuration.quotas,
                    requestsPerSecondMax: parts.configuration.requestsPerSecondMax))
        } catch {
            throw DaemonError("the quotas cannot be kept: \(error); correct the configuration")
        }
    }

    private static func listen(
        _ parts: Parts, isDevelopment: Bool, scratch: PrivateDirectory?
    ) async throws(DaemonError) -> Daemon {
        let listeners = try Listening.sockets(parts.configuration)
        let facts = ServerFacts(
            clientURLs: ["unix://" + socketPath(of: listeners, parts.configuration)],
            isDevelopment: isDevelopment, processID: getpid(), startedAt: .now,
            configuration: parts.configuration, confinement: parts.confinement)
        let logger = parts.logger
        let gate = try gate(parts)
        let server = Server(
            routes: Services.routes(
                gate: gate, reads: parts.reads, recipes: parts.recipes, facts: facts),
            limits: parts.configuration.transportLimits(
                descriptorsMax: Hardening.descriptorsMax), group: parts.group,
            loopSets: EventLoops.sets(parts.configuration),
            gate: BuildKind.isWithoutAccess ? OpenGate() : gate,
            plain: PlainService(gate: gate),
            log: { logger.debug("transport", metadata: ["event": "\($0)"]) })
        Hardening.closeOnExec()
        do {
            for listener in listeners { try await server.start(listener) }
        } catch {
            for listener in listeners { listener.removePath() }
            throw DaemonError("cannot serve the socket: \(singleLine("\(error)")); see the log")
        }
        Housekeeping(
            vault: parts.vault, reads: parts.reads,
            autoCompaction: parts.configuration.autoCompaction,
            rotation: parts.configuration.rotation,
            wallClock: parts.configuration.store.wallClock, logger: logger
        ).start(on: parts.group.next())
        return Daemon(parts: parts, server: server, listeners: listeners, scratch: scratch)
    }
}
