import Glibc
import VaultAPI
import VaultAccess
import VaultBackup
import VaultClient
import VaultSeal

/// Runs one drill: chooses a backup, verifies, restores and reads it, breaks copies of it, and
/// cleans up. Everything that happens is a step or a control of the report.
final class DrillRunner {
    private let options: DrillOptions
    private let plan: DrillPlan
    private let readKey: () throws(CommandFailure) -> KeptKey
    private var key: KeptKey?
    /// Where the vault that was backed up is, if it is to be looked at.
    private let liveSocket: String?
    private var steps: DrillSteps
    private var controls: [ControlOutcome] = []
    private(set) var report = DrillReport()
    private let voice: any DrillVoice
    private var scratch: ScratchDirectory?
    /// The controls that can be run on the backup.
    private var possibleControls: Set<String> = []
    /// The backup was made with a canary.
    private var hasCanary = false
    /// Archives of it have lines of the audit log.
    private var hasAudit = false
    /// There is a live vault to look at.
    private var hasLive = false
    /// The newest archive there is, whichever is drilled.
    private var newest: ArchiveFooter?
    /// Between two archives of its vault, milliseconds.
    private var worstGap: Int64 = 0

    /// - Parameters:
    ///   - seed: what every random choice comes from; nil for a new one.
    ///   - readKey: asked once, when the key is needed.
    init(
        _ options: DrillOptions, _ plan: DrillPlan, seed: Int64? = nil, liveSocket: String?,
        voice: any DrillVoice, readKey: @escaping () throws(CommandFailure) -> KeptKey
    ) {
        self.options = options
        self.plan = plan
        self.readKey = readKey
        self.liveSocket = liveSocket
        self.voice = voice
        steps = DrillSteps(voice)
        report.seed = seed ?? Int64.random(in: 1..<(1 << 53))
        report.level = plan.level
        report.id = "\(report.seed)"
        report.started = Machine.wallClock()
        report.binary = vaultctlVersion
        report.host = Machine.host()
        report.trigger = plan.trigger
        report.ceremony = plan.ceremony
    }

    private var requiredControls: Set<String> {
        plan.level == .hostile ? possibleControls.union(["N11", "N12"]) : []
    }

    /// Runs it; the report is complete afterwards.
    func run() async {
        let live = await readLive()
        await drill(live)
        scratch?.remove()
        let isGone = !(scratch?.exists ?? false)
        report.stagingRemoved = isGone
        if plan.isRestore {
            steps.add(
                StepOutcome(
                    "teardown",
                    isGone ? .passed : .failed(.inconclusive("the scratch directory stays"))))
        }
        voice.clear()
        report.ended = Machine.wallClock()
        let verdict = DrillVerdict(
            steps: steps.outcomes, controls: controls,
            requiredChecks: plan.requiredChecks(
                hasCanary: hasCanary, hasAudit: hasAudit, hasLive: hasLive),
            requiredControls: requiredControls)
        report.conclude(verdict, steps: steps.outcomes, controls: controls)
        if plan.level == .ceremony, report.exit == 0 {
            let ended = report.ended
            report.keys?.offlineLastProven = ended
        }
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

    private func drill(_ somebody: Vault_V1_BackupStateResponse?) async {
        let start = DrillSteps.now()
        guard let chain = choose(), let newest else { return }
        let footer = chain.last.footer
        // Whoever answers may be another vault than the one that was backed up.
        let live = somebody.flatMap {
            $0.storeID == footer.identity.storeID.description ? $0 : nil
        }
        hasLive = live != nil
        // Not what the live vault knows: its newest archive may be in another directory.
        let highest = plan.highestSeen[newest.identity.storeID.description] ?? 0
        hasCanary = footer.identity.hasCanary
        hasAudit = chain.hasAudit
        possibleControls = NegativeControls.required(for: chain)
        checkAge(newest, highest, chain, live)
        guard plan.level != .catalogue else { return }
        let read: Void? = steps.run("bytes", phase: "verify") {
            for file in chain.files { try file.verifyBytes() }
        }
        guard read != nil, plan.level != .scrub else { return }
        guard let opened = openChain(chain) else { return }
        defer { opened.close() }
        guard let sample = sampleChain(opened) else { return }
        if plan.level == .open { return }
        await restore(opened, sample, start, live)
        if plan.level == .hostile { runControls(opened, highest) }
    }

    private func choose() -> ArchiveChain? {
        let (options, plan, seed) = (options, plan, report.seed)
        let found = steps.run("choose", phase: "locate") {
            let here = try ArchiveDirectory(options.backups)
            if let problem = here.problems.first { throw problem.error }
            guard let newest = here.archives.last,
                let chosen = plan.selection.pick(here.archives, seed: seed)
            else {
                throw BackupError.incompleteChain("there is no archive in \(options.backups)")
            }
            return (
                newest: newest.footer,
                worstGap: here.worstGap(storeID: newest.footer.identity.storeID.description),
                chain: try ArchiveChain(endingWith: chosen, among: here.archives)
            )
        }
        guard let found else { return nil }
        newest = found.newest
        worstGap = found.worstGap ?? 0
        let (chain, footer) = (found.chain, found.chain.last.footer)
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
        backup.selection = plan.selection.text
        report.backup = backup
        return chain
    }

    private func checkAge(
        _ newest: ArchiveFooter, _ highest: UInt64, _ chain: ArchiveChain,
        _ live: Vault_V1_BackupStateResponse?
    ) {
        let (now, target) = (Machine.wallClock(), options.rpo)
        var rpo = DrillReport.RecoveryPoint()
        rpo.targetSeconds = target
        rpo.revisions = live.map { max($0.revision - newest.lastRevision, 0) } ?? 0
        let isCurrent = live.map { $0.revision == newest.lastRevision } ?? false
        rpo.seconds = isCurrent ? 0 : max((now - newest.identity.created) / 1_000, 0)
        rpo.worstGapSeconds = worstGap / 1_000
        report.rpo = rpo
        _ = steps.run("age") {
            try BackupAge.checkRollback(newest, highestSeen: highest)
            try BackupAge.checkOrder(chain)
            try BackupAge.check(newest, now: now, ageMax: target * 1_000)
        }
    }

    private func openChain(_ chain: ArchiveChain) -> OpenedChain? {
        let readKey = readKey
        let found = steps.run("unwrap", phase: "unwrap") {
            let key = try readKey()
            return (key: key, opened: try OpenedChain(chain, with: try key.credential()))
        }
        guard let found else { return nil }
        key = found.key
        let opened = found.opened
        var keys = DrillReport.Keys()
        keys.openedWith = Self.name(opened.keyring.slot)
        keys.wouldOpen = opened.slots.filter { $0.id != opened.keyring.slot.id }.map(Self.name)
        report.keys = keys
        let (storeID, known) = (report.backup?.storeID ?? "", plan.knownSigners)
        let signers = steps.run("signer") {
            try LedgerState.check(try opened.signers(), of: storeID, known: known)
        }
        report.backup?.signers = signers ?? []
        guard signers != nil else {
            opened.close()
            return nil
        }
        guard plan.level == .ceremony else { return opened }
        let plan = plan
        let isOffline: Void? = steps.run("offline-key") {
            try plan.checkOffline(keys.openedWith, of: storeID)
        }
        return isOffline == nil ? nil : opened
    }

    private static func name(_ slot: SlotDescription) -> String { "slot \(slot.id) (\(slot.kind))" }

    private func sampleChain(_ opened: OpenedChain) -> DrillSample? {
        let countMax = options.sample
        let audit = VerifiedAudit(isPatient: true)
        let found = steps.run("state-hash", phase: "open") {
            _ = try opened.verifyRecords(audit: audit)
            return try opened.sample(countMax: countMax).sample
        }
        if found != nil, opened.chain.hasAudit {
            _ = steps.run("audit-lines") { if let failure = audit.failure { throw failure } }
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
            try Restore.run(
                opened, into: directory,
                audit: { (path) throws(BackupError) in try RestoredAudit(directory: path) })
        }
        guard let restored else { return }
        let program = options.vaultd ?? Machine.vaultd()
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

    private func connect(_ server: ScratchServer) async throws -> VaultConnection {
        let vault = try await VaultConnection.connect(socketPath: server.socketPath)
        for request in key?.unsealRequests() ?? [] {
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
        if plan.level == .hostile {
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
        guard plan.level == .hostile, let matrix else { return }
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
        guard let scratch, let key else { return }
        let voice = voice
        do {
            var bench = NegativeControls(
                opened, with: try key.credential(),
                program: key.restoreProgram(Machine.ownProgram()),
                in: scratch.path, seed: report.seed
            ) { voice.begins("control \($0)") }
            controls += bench.run(highestSeen: highest, ageMax: options.rpo * 1_000)
            report.faults = bench.faults
        } catch {
            steps.add(StepOutcome("controls", .failed(DrillSteps.error(error))))
        }
    }
}
