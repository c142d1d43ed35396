public import VaultSeal
import VaultStore

/// A chain whose archives can be read: one credential has opened the newest, and each holds the
/// key of the one that it continues.
public struct OpenedChain: Sendable {
    public let chain: ArchiveChain
    /// What the credential has opened: the keyring of the newest archive.
    public let keyring: OpenedKeyring
    private let keys: [ArchiveKey]
    private let headerBytes: [Int]

    /// Opens a chain. As slow as unsealing. Throws `.wrongKey` and says which slots would do.
    public init(
        _ chain: ArchiveChain, with credential: borrowing Credential
    ) throws(BackupError) {
        self.chain = chain
        let (header, count) = try chain.last.readHeader()
        keyring = try Self.open(header, chain.last.path, credential)
        let (newest, footer) = (chain.last, chain.last.footer)
        var keys: [ArchiveKey] = []
        do throws(SealError) {
            let archiveKeys = try keyring.live.archiveKeys()
            let number = footer.identity.keyNumber
            keys.append(try archiveKeys.key(forHeader: footer.headerChecksum, parent: number))
            guard
                try archiveKeys.isSignature(
                    footer.signature, of: footer.signedBytes, parent: number)
            else { throw .damaged(what: "its footer was not signed by its vault") }
        } catch { throw BackupError.integrity("\(newest.path): \(error.text)") }
        var counts = [count]
        for (file, parent) in zip(chain.files.reversed(), chain.files.reversed().dropFirst()) {
            keys.insert(try Self.parentKey(in: file, key: keys[0], counts[0]), at: 0)
            counts.insert(try parent.readHeader().byteCount, at: 0)
        }
        self.keys = keys
        headerBytes = counts
    }

    private static func open(
        _ header: ArchiveHeader, _ path: String, _ credential: borrowing Credential
    ) throws(BackupError) -> OpenedKeyring {
        do throws(SealError) {
            // Archives of before stay readable; whose they are the drills' ledger tells.
            return try KeyringFile.openAll(
                header.keyring, of: "", with: credential, acceptsUnproven: true)
        } catch .wrongKey, .noSlotOfThatKind {
            throw .wrongKey("\(path) does not open with that key; \(wouldOpen(header))")
        } catch .unsupportedFormat(let version) {
            throw .unsupportedFormat(
                "\(path): its keyring has format \(version); use a newer vaultctl")
        } catch .memory(let error) {
            throw .inconclusive("no guarded memory for keys: \(error)")
        } catch { throw .integrity("\(path): \(error.text)") }
    }

    /// Which key slots can open it.
    private static func wouldOpen(_ header: ArchiveHeader) -> String {
        do throws(SealError) {
            let slots = try KeyringFile.describe(header.keyring).slots.map { slot in
                "slot \(slot.id) (\(slot.kind))" + (slot.label.isEmpty ? "" : " \(slot.label)")
            }
            return "these would: " + slots.joined(separator: ", ")
        } catch { return "its key slots are damaged" }
    }

    private static func parentKey(
        in file: ArchiveFile, key: ArchiveKey, _ headerBytes: Int
    ) throws(BackupError) -> ArchiveKey {
        var frames = ArchiveFrames(of: file, key: key, headerBytes: headerBytes)
        guard let frame = try frames.next(), frame.kind == .parent else {
            throw .integrity("\(file.path): the key of the archive that it continues is missing")
        }
        do throws(SealError) { return try key.unwrapParent(frame.bytes, number: 0) } catch {
            throw BackupError.integrity("\(file.path): \(error.text)")
        }
    }

    /// The key slots of the newest archive.
    public var slots: [SlotDescription] {
        do throws(SealError) { return try keyring.live.description().slots } catch { return [] }
    }

    // MARK: - For drills

    /// The public halves, in hexadecimal, of all keys that its vault ever signed archives with.
    /// Nobody else has a keyring that makes one of them.
    public func signers() throws(BackupError) -> [String] {
        do throws(SealError) {
            let keys = try keyring.live.archiveKeys()
            var signers: [String] = []
            for number in 1...keys.newest {
                signers.append(Hexadecimal.encode(try keys.publicHalf(parent: number)))
            }
            return signers
        } catch { throw .integrity("\(chain.last.path): \(error.text)") }
    }

    var newestHeaderBytes: Int { headerBytes[headerBytes.count - 1] }

    func key(ofFile index: Int) -> ArchiveKey { keys[index] }
    func headerBytes(ofFile index: Int) -> Int { headerBytes[index] }

    /// The frames of an archive, from its first.
    func frames(ofFile index: Int) -> ArchiveFrames {
        ArchiveFrames(
            of: chain.files[index], key: keys[index], headerBytes: headerBytes[index])
    }

    /// Wipes the keys; the chain cannot be read any more.
    public func close() {
        keyring.cipher.close()
        keyring.live.close()
        keyring.stateHashKey.close()
    }

    /// Opens every frame of every archive, on all cores, and tells `visitor` in order what still
    /// existed at the end of the newest. Returns what the vault was then. `progress` is told how
    /// many bytes were read.
    func read<V: ChainVisitor>(
        _ visitor: V, progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) -> ArchiveSummary {
        let survivors = try readSurvivors()
        var summary: ArchiveSummary?
        for (index, file) in chain.files.enumerated() {
            var frames = ArchiveFrames(
                of: file, key: keys[index], headerBytes: headerBytes[index])
            let hasAudit = file.footer.identity.hasAudit
            if hasAudit { visitor.auditBegins(continues: chain.continuesAudit(index)) }
            var reader = ChainReader(
                visitor: visitor, isLast: index == chain.files.count - 1,
                passesAudit: visitor.takesAllAudit || index >= chain.auditStart,
                after: file.footer.identity.afterRevision, upTo: file.footer.lastRevision,
                survivors: index < survivors.before ? survivors.places : nil)
            while true {
                let places = try frames.find(countMax: BackupLimits.framesFoundMax)
                if places.isEmpty { break }
                try prepare(places, of: frames, for: visitor) { (frame) throws(BackupError) in
                    switch frame.place.kind {
                    case .parent: break
                    case .content:
                        do throws(BackupError) { try reader.read(frame) } catch {
                            throw error.of(file.path)
                        }
                    case .last: summary = try Self.summary(frame.bytes, file)
                    }
                    progress?(ArchiveFormat.frameHeaderCount + frame.place.count)
                }
            }
            guard reader.recordCount == file.footer.recordCount else {
                throw .mismatch(
                    "\(file.path) has \(reader.recordCount) records, "
                        + "\(file.footer.recordCount) were written")
            }
            guard hasAudit, let summary else { continue }
            do throws(BackupError) {
                try visitor.auditEnds(sequence: summary.auditSequence, hash: summary.auditHash)
            } catch { throw error.of(file.path) }
        }
        guard let summary else { preconditionFailure("a chain has an archive") }
        return summary
    }

    /// Opens and prepares frames on all cores; `body` is given them in order.
    private func prepare<V: ChainVisitor>(
        _ places: [ArchiveFrames.Place], of frames: ArchiveFrames, for visitor: V,
        _ body: (PreparedFrame) throws(BackupError) -> Void
    ) throws(BackupError) {
        let (digestKey, sealing) = (keyring.stateHashKey, visitor.sealing)
        let pipeline = OrderedPipeline<Result<PreparedFrame, BackupError>>(
            count: places.count, window: BackupLimits.framesWaitingMax,
            threads: BackupLimits.threads, name: "archive-frames"
        ) { number in
            PreparedFrame.prepare(
                places[number], of: frames, digestKey: digestKey, sealing: sealing)
        }
        defer { pipeline.finish() }
        while let frame = pipeline.next() { try body(try frame.get()) }
    }

    private static func summary(
        _ bytes: [UInt8], _ file: ArchiveFile
    ) throws(BackupError) -> ArchiveSummary {
        let footer = file.footer
        let summary = bytes.withUnsafeBytes {
            ArchiveSummary($0, auditSequence: footer.auditSequence)
        }
        guard let summary, summary.currentRevision == footer.lastRevision,
            summary.compactRevision == footer.compactRevision,
            summary.removals == footer.removals, summary.newestTime == footer.newestTime
        else { throw .integrity("\(file.path): its summary and its footer do not agree") }
        return summary
    }

    /// What of the archives before `before` still exists; from the newest that says so. Where none
    /// does, nothing was removed.
    private func readSurvivors() throws(BackupError) -> (before: Int, places: [ArchivePlace]) {
        for index in chain.files.indices.reversed() where index > 0 {
            let (file, parent) = (chain.files[index], chain.files[index - 1])
            guard file.footer.removals != parent.footer.removals else { continue }
            var frames = ArchiveFrames(
                of: file, key: keys[index], headerBytes: headerBytes[index])
            var collector = SurvivorCollector()
            while !collector.isDone, let frame = try frames.next() {
                guard frame.kind == .content else { continue }
                try ArchiveItems.read(frame.bytes, &collector)
            }
            return (index, collector.places)
        }
        return (0, [])
    }
}

extension SealError {
    /// What an operator reads of it.
    var text: String {
        if case .damaged(let what) = self { return what }
        return "\(self)"
    }
}
