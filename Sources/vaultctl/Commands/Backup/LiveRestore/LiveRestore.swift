import FoundationEssentials
import VaultAPI
import VaultBackup
import VaultClient
import VaultSeal

/// Gives keys of a running vault back what they had at a revision of an archive: as the caller, in
/// new revisions, and never over what somebody else changes meanwhile. Cut off, it is done again:
/// what has its value already is left alone.
struct LiveRestore {
    let options: LiveRestoreOptions
    let output: OutputFormat
    /// nil for the newest revision of the archives.
    let revision: Int64?

    private var prefix: [UInt8] { Array((options.prefix ?? "").utf8) }

    var needs: [AccessNeed] {
        let range = KeyRange(prefix: prefix)
        return (options.dryRun ? [.read] : [.read, .write]).map { .init(action: $0, range: range) }
    }

    /// Before the archives are read: whether the vault is theirs, and shows these keys to the
    /// caller.
    func check(_ chain: ArchiveChain, against vault: VaultConnection) async throws {
        let store = chain.last.footer.identity.storeID.description
        let status = try await vault.status()
        guard status.storeID.isEmpty || status.storeID == store else {
            throw CommandFailure(
                .failed, "the archives are of vault \(store), this one is \(status.storeID)",
                nextStep: "name the archives of this vault, or its --socket")
        }
        var request = Etcdserverpb_RangeRequest()
        (request.key, request.rangeEnd) = KeyName.range(prefix: prefix)
        request.limit = 1
        request.keysOnly = true
        _ = try await vault.range(request)
    }

    func run(
        _ opened: OpenedChain, on vault: VaultConnection, to output: inout StandardOutput
    ) async throws {
        let past = try verified(opened)
        let (differences, unchanged) = try await compared(with: past, on: vault)
        var report = LiveRestoreReport(
            options: options, prefix: prefix, revision: past.revision, differences: differences,
            unchanged: Int64(unchanged))
        if self.output == .table { try report.writeDifferences(to: &output) }
        let count = report.plannedCount
        if !options.dryRun, count > 0 {
            try output.flush()
            if !options.yes {
                try Prompt.confirm(
                    "This changes \(Quantity.count(count, "key")) of the running vault.",
                    word: "restore")
            }
            report.tally = try await write(differences, of: opened, to: vault, count: count)
        }
        switch self.output {
        case .table: try output.write(report.fields())
        case .json:
            var json = report.json()
            try output.write(document: &json)
        }
        try output.flush()
        let conflicts = Int64(report.tally.conflicts.count)
        guard conflicts == 0 else {
            throw CommandFailure(
                .failed,
                "left \(Quantity.count(conflicts, "key")) alone that changed meanwhile",
                nextStep: "run it again to see what is left")
        }
    }

    /// Everything in the archives is proven before anything of them is used.
    private func verified(_ opened: OpenedChain) throws -> PastKeys {
        let line = PercentLine(what: "verifying the archives")
        defer { line.clear() }
        let total = opened.chain.files.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        return try opened.keys(below: prefix, at: revision) {
            done += Int64($0)
            line.show(done, of: total)
        }
    }

    private func compared(
        with past: PastKeys, on vault: VaultConnection
    ) async throws -> (differences: [KeyDifference], unchanged: Int) {
        var comparison = KeyComparison(with: past)
        var pages = KeyPages(prefix: prefix, withValues: true)
        while let page = try await pages.next(on: vault) {
            for pair in page.kvs {
                pair.value.withUnsafeBytes {
                    comparison.take(Array(pair.key), value: $0, revision: pair.modRevision)
                }
            }
        }
        let unchanged = comparison.unchangedCount
        return (comparison.finish(), unchanged)
    }

    private func write(
        _ differences: [KeyDifference], of opened: OpenedChain, to vault: VaultConnection,
        count: Int64
    ) async throws -> LiveRestoreTally {
        var writer = GuardedWriter(vault)
        let line = PercentLine(what: "writing")
        defer { line.clear() }
        var done: Int64 = 0
        do {
            var values = PastValues(of: differences, from: opened)
            while let portion = try values.next() {
                for past in portion {
                    try await writer.write(.init(difference: past.difference, value: past.value))
                    done += 1
                    line.show(done, of: count)
                }
            }
            if options.deleteNewer {
                for difference in differences where difference.kind == .newer {
                    try await writer.write(.init(difference: difference, value: nil))
                    done += 1
                    line.show(done, of: count)
                }
            }
            try await writer.flush()
            return writer.tally
        } catch {
            line.clear()
            if writer.tally.written > 0 {
                StandardError.note(
                    "wrote \(Quantity.count(writer.tally.written, "key")) before it failed; "
                        + "run it again for the rest")
            }
            throw error
        }
    }
}
