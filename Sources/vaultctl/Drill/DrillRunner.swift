import Glibc
import VaultAPI
import VaultAccess
import VaultBackup
import VaultClient
import VaultSeal

/// Runs one drill: chooses a backup, verifies, restores and reads it, breaks copies of it, and
/// cleans up. Everything that happens is a step or a control of the report.
final class DrillRunner {
    let options: DrillOptions
    private let credential: CredentialOptions
    private let opening: OpeningOptions
    /// Where the vault that was backed up is, if it is to be looked at.
    private let liveSocket: String?
    private var steps: DrillSteps
    private var controls: [ControlOutcome] = []
    private(set) var report = DrillReport()
    private let line: DrillLine
    private var scratch: ScratchDirectory?
    /// The controls that can be run on the backup.
    private var possibleControls: Set<String> = []
    /// The backup was made with a canary.
    private var hasCanary = false
    /// There is a live vault to look at.
    private var hasLive = false

    init(
        _ options: DrillOptions, _ credential: CredentialOptions, _ opening: OpeningOptions,
        liveSocket: String?
    ) {
        self.options = options
        self.credential = credential
        self.opening = opening
        self.liveSocket = liveSocket
        line = DrillLine()
        steps = DrillSteps(line)
        report.seed = options.seed ?? Int64.random(in: 1..<(1 << 53))
        report.level = DrillLevel(rawValue: options.level.rawValue) ?? .hostile
        report.id = "\(report.seed)"
        report.started = Self.wallClock()
        report.binary = vaultctlVersion
        report.host = Self.host()
    }

    static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func host() -> String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What must have run for the level to pass.
    private var requiredChecks: Set<String> {
        var checks: Set<String> = ["choose", "age"]
        if options.level != .catalogue { checks.insert("bytes") }
        if [.open, .restore, .hostile].contains(options.level) {
            checks.formUnion(["unwrap", "state-hash"])
        }
        if [.restore, .hostile].contains(options.level) {
            checks.formUnion([
                "restore", "server", "first-read", "counts", "content", "revisions", "watch",
                "write", "access", "audit", "files", "teardown",
            ])
            if hasCanary { checks.insert("canary") }
            if hasLive { checks.insert("live") }
        }
        return checks
    }

    private var requiredControls: Set<String> {
        options.level == .hostile
            ? possibleControls.union(["N11", "N12"]) : []
    }

    /// Runs it; the report is complete afterwards.
    func run(highestSeen: [String: UInt64]) async {
        let live = await readLive()
        await drill(highestSeen, live)
        scratch?.remove()
        let isGone = !(scratch?.exists ?? false)
        report.stagingRemoved = isGone
        if [.restore, .hostile].contains(options.level) {
            steps.add(
                StepOutcome(
                    "teardown",
                    isGone ? .passed : .failed(.inconclusive("the scratch directory stays"))))
        }
        line.clear()
        report.ended = Self.wallClock()
        let verdict = DrillVerdict(
            steps: steps.outcomes, controls: controls, requiredChecks: requiredChecks,
            requiredControls: requiredControls)
        report.conclude(verdict, steps: steps.outcomes, controls: controls)
    }

    /// The live vault, if it answers.
    private func readLive() async -> Vault_V1_BackupStateResponse? {
        guard let liveSocket else { return nil }
        do {
            let vault = try await VaultConnection.connect(socketPath: liveSocket)
            defer { Task { await vault.close() } }
            return try await vault.backupState()
        } catch { return nil }
    }

    // MARK: - The drill

    private func drill(
        _ highestSeen: [String: UInt64], _ somebody: Vault_V1_BackupStateResponse?
    ) async {
        let start = DrillSteps.now()
        guard let chain = choose() else { return }
        let footer = chain.last.footer
        // Whoever answers may be another vault than the one that was backed up.
        let live = somebody.flatMap {
            $0.storeID == footer.identity.storeID.description ? $0 : nil
        }
        hasLive = live != nil
        // Not what the live vault knows: its newest archive may be in another directory.
        let highest = highestSeen[footer.identity.storeID.description] ?? 0
        hasCanary = footer.identity.hasCanary
        possibleControls = NegativeControls.required(for: chain)
        checkAge(footer, highest, live)
        guard options.level != .catalogue else { return }
        let read: Void? = steps.run("bytes", phase: "verify") {
            for file in chain.files { try file.verifyBytes() }
        }
        guard read != nil, options.level != .scrub else { return }
        guard let opened = openChain(chain) else { return }
        defer { opened.close() }
        guard let sample = sampleChain(opened) else { return }
        if options.level == .open { return }
        await restore(opened, sample, start, live)
        if options.level == .hostile { runControls(opened, highest) }
    }

    private func choose() -> ArchiveChain? {
        let options = options
        return steps.run("choose", phase: "locate") {
            let here = try ArchiveDirectory(options.backups)
            if let problem = here.problems.first { throw problem.error }
            guard let newest = here.archives.last else {
                throw BackupError.incompleteChain("there is no archive in \(options.backups)")
            }
            return try ArchiveChain(endingWith: newest, among: here.archives)
        }.map { chain in
            let footer = chain.last.footer
            var backup = DrillReport.Backup()
            backup.id = footer.archiveIDText
            backup.storeID = footer.identity.storeID.description
            backup.digest = chain.last.digestText
            backup.sequence = footer.identity.sequence
            backup.timeline = footer.identity.timeline.number
            backup.firstRevision = max(chain.files[0].footer.compactRevision, 1)
            backup.lastRevision = footer.lastRevision
            backup.byteCount = chain.files.reduce(0) { $0 + $1.byteCount }
            backup.archiveCount = chain.files.count
            backup.selection = "LATEST"
            report.backup = backup
            return chain
        }
    }

    private func checkAge(
        _ footer: ArchiveFooter, _ highest: UInt64, _ live: Vault_V1_BackupStateResponse?
    ) {
        let (now, target) = (Self.wallClock(), options.rpo)
        var rpo = DrillReport.RecoveryPoint()
        rpo.targetSeconds = target
        rpo.revisions = live.map { max($0.revision - footer.lastRevision, 0) } ?? 0
        let isCurrent = live.map { $0.revision == footer.lastRevision } ?? false
        rpo.seconds = isCurrent ? 0 : max((now - footer.identity.created) / 1_000, 0)
        report.rpo = rpo
        _ = steps.run("age") {
            try BackupAge.checkRollback(footer, highestSeen: highest)
            try BackupAge.check(footer, now: now, ageMax: target * 1_000)
        }
    }

    private func openChain(_ chain: ArchiveChain) -> OpenedChain? {
        let (credential, opening) = (credential, opening)
        let opened = steps.run("unwrap", phase: "unwrap") {
            try OpenedChain(chain, with: try ArchiveCredential.read(credential, opening))
        }
        guard let opened else { return nil }
        var keys = DrillReport.Keys()
        keys.openedWith = "slot \(opened.keyring.slot.id) (\(opened.keyring.slot.kind))"
        keys.wouldOpen = opened.slots.filter { $0.id != opened.keyring.slot.id }
            .map { "slot \($0.id) (\($0.kind))" }
        report.keys = keys
        return opened
    }

    private func sampleChain(_ opened: OpenedChain) -> DrillSample? {
        let countMax = options.sample
        let found = steps.run("state-hash", phase: "open") {
            _ = try opened.verifyRecords()
            return try opened.sample(countMax: countMax).sample
        }
        var hashes = DrillReport.StateHashes()
        hashes.areEqual = found != nil
        report.stateHash = hashes
        return found
    }

    // MARK: - Restoring

    private func restore(
        _ opened: OpenedChain, _ sample: DrillSample, _ start: Int64,
        _ live: Vault_V1_BackupStateResponse?
    ) async {
        let options = options
        let made = steps.run("scratch") { try ScratchDirectory(in: options.scratch) }
        guard let made else { return }
        scratch = made
        let directory = made.path + "/vault"
        let restored = steps.run("restore", phase: "load") {
            try Restore.run(opened, into: directory)
        }
        guard let restored else { return }
        let program = options.vaultd ?? Self.programBeside()
        let server = steps.run("server", phase: "start") {
            try ScratchServer(program, dataDirectory: directory, in: made.path)
        }
        guard let server else { return }
        defer { server.stop() }
        let vault = await steps.run("unseal", phase: "unseal") {
            try await self.connect(server)
        }
        guard let vault else { return }
        let look = RestoredVault(vault: vault, report: restored, sample: sample)
        let first: Void? = await steps.run("first-read", phase: "first_read") {
            try await look.readFirst()
        }
        noteTime(DrillSteps.now() - start, restored, opened)
        if first != nil { await examine(look, opened, directory, live) }
        await checkLive(live)
        await vault.close()
    }

    static func programBeside() -> String {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(
            decoding: path.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = text.lastIndex(of: "/") else { return "/usr/bin/vaultd" }
        return text[..<slash] + "/vaultd"
    }

    private func connect(_ server: ScratchServer) async throws -> VaultConnection {
        let vault = try await VaultConnection.connect(socketPath: server.socketPath)
        for request in try ArchiveCredential.unsealRequests(credential, opening) {
            _ = try await vault.unseal(request) { _ in }
        }
        guard try await !vault.status().sealed else {
            throw BackupError.wrongKey("the restored vault does not open with that key")
        }
        return vault
    }

    private func noteTime(_ total: Int64, _ restored: RestoreReport, _ opened: OpenedChain) {
        var rto = DrillReport.RecoveryTime()
        rto.totalMilliseconds = total
        rto.targetMilliseconds = options.rto * 1_000
        rto.phases = steps.phases
        let load = max(steps.phases.first { $0.name == "load" }?.milliseconds ?? 1, 1)
        let bytes = opened.chain.files.reduce(0) { $0 + $1.byteCount }
        rto.megabytesPerSecond = bytes / load / 1_000
        rto.recordsPerSecond = Int64(clamping: restored.records) * 1_000 / load
        report.rto = rto
        let target = options.rto
        _ = steps.run("rto") {
            guard total <= target * 1_000 else {
                throw BackupError.rtoMissed(
                    "the restore took \(total) ms, \(target) s are allowed; see the phases")
            }
        }
    }

    private func examine(
        _ look: RestoredVault, _ opened: OpenedChain, _ directory: String,
        _ live: Vault_V1_BackupStateResponse?
    ) async {
        let footer = opened.chain.last.footer
        var counts = DrillReport.Counts()
        counts.records = Int64(clamping: look.report.records)
        counts.areEqual = await steps.run("counts") { try await look.checkCounts() } != nil
        counts.keys = Int64(await steps.run("content") { try await look.checkContent() } ?? 0)
        report.resurrected = DrillReport.Resurrection()
        if hasCanary { _ = steps.run("canary") { try look.checkCanary(footer) } }
        _ = await steps.run("revisions") { try await look.checkRevisions() }
        _ = await steps.run("watch") { try await look.checkWatch() }
        _ = await steps.run("write") {
            try await look.checkWrite(liveRevision: live?.revision ?? 0)
        }
        await checkAccess(look, &counts)
        let staging = StagingCheck(directory: directory)
        let keys = opened.keyring.auditKeys
        var audit = DrillReport.Audit()
        let lines = steps.run("audit") {
            try staging.checkAudit(keys, previousSequence: footer.auditSequence)
        }
        audit.isChainWhole = lines != nil
        counts.auditLines = Int64(lines ?? 0)
        report.audit = audit
        if options.level == .hostile {
            controls.append(
                ControlOutcome(
                    "N12", seed: report.seed, expected: [18],
                    observed: staging.auditControl(keys, in: scratch?.path ?? "/nonexistent")))
        }
        _ = await steps.run("files") {
            try staging.checkFiles(try await look.plaintexts())
        }
        report.counts = counts
    }

    private func checkAccess(
        _ look: RestoredVault, _ counts: inout DrillReport.Counts
    ) async {
        var policy = DrillReport.Policy()
        let matrix = await steps.run("access") {
            let matrix = try AccessMatrix(look.sample.accessRules)
            let count = try await matrix.mismatches(on: look.vault)
            guard count == 0 else {
                throw BackupError.continuity("\(count) decisions of access are others")
            }
            return matrix
        }
        policy.cases = matrix?.cases.count ?? 0
        policy.mismatches = matrix == nil ? 1 : 0
        counts.policies = Int64(policy.cases)
        report.policy = policy
        guard options.level == .hostile, let matrix else { return }
        var observed: ControlObservation
        do {
            let count = try await matrix.broken.mismatches(on: look.vault)
            observed = .ended(exitCode: count > 0 ? 18 : 0, leaked: false)
        } catch { observed = .notRun("\(error)") }
        controls.append(
            ControlOutcome("N11", seed: report.seed, expected: [18], observed: observed))
    }

    /// The drill has not touched the vault that was backed up.
    private func checkLive(_ before: Vault_V1_BackupStateResponse?) async {
        guard let before else { return }
        let after = await readLive()
        var live = DrillReport.Live()
        live.revision = before.revision
        // Others may write meanwhile; nothing of the drill's can make it another vault.
        live.isUntouched =
            after.map {
                $0.storeID == before.storeID && $0.timeline == before.timeline
                    && $0.revision >= before.revision && $0.sequence >= before.sequence
            } ?? false
        report.live = live
        steps.add(
            StepOutcome(
                "live",
                live.isUntouched
                    ? .passed : .failed(.continuity("the live vault is not what it was"))))
    }

    private func runControls(_ opened: OpenedChain, _ highest: UInt64) {
        guard let scratch else { return }
        let (credential, opening, line) = (credential, opening, line)
        do {
            var bench = NegativeControls(opened, in: scratch.path, seed: report.seed) {
                line.show("control \($0)")
            }
            controls += bench.run(
                with: try ArchiveCredential.read(credential, opening), highestSeen: highest,
                ageMax: options.rpo * 1_000)
        } catch {
            steps.add(StepOutcome("controls", .failed(DrillSteps.error(error))))
        }
    }
}
