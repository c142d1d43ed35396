import VaultSeal

/// A full archive and those that continue it, oldest first: together, one state of a vault.
public struct ArchiveChain: Sendable {
    public let files: [ArchiveFile]

    /// The newest.
    public var last: ArchiveFile { files[files.count - 1] }

    /// The first of those that together have the audit log up to the end; behind the last when the
    /// newest has none of it.
    var auditStart: Int {
        var start = files.count
        while start > 0, files[start - 1].footer.identity.hasAudit { start -= 1 }
        return start
    }

    /// Whether any of them has lines of the audit log.
    public var hasAudit: Bool { files.contains { $0.footer.identity.hasAudit } }

    /// Whether an archive with lines of the audit log has those behind the one that it continues.
    func continuesAudit(_ index: Int) -> Bool {
        index > 0 && files[index - 1].footer.identity.hasAudit
    }

    /// Follows `newest` back to a full archive, through `others`. Each must continue the one
    /// before: same vault, same timeline, where that one ended. Throws `.incompleteChain` when one
    /// is missing, and names it.
    public init(
        endingWith newest: ArchiveFile, among others: [ArchiveFile]
    ) throws(BackupError) {
        var files = [newest]
        while let first = files.first, !first.footer.identity.isFull {
            let identity = first.footer.identity
            guard let parent = others.first(where: { $0.footer.digest == identity.parent }) else {
                throw .incompleteChain(
                    "\(first.path) continues an archive that is missing: number "
                        + "\(identity.sequence - 1) or before, up to revision "
                        + "\(identity.afterRevision); bring it here, or use an older archive")
            }
            let before = parent.footer
            guard before.identity.storeID == identity.storeID,
                before.identity.timeline == identity.timeline,
                before.lastRevision == identity.afterRevision,
                before.identity.sequence < identity.sequence,
                before.removals <= first.footer.removals
            else {
                throw .integrity("\(first.path) does not continue \(parent.path)")
            }
            files.insert(parent, at: 0)
        }
        self.files = files
    }

    /// The chain that all of `files` belong to, or some of them: it ends with the newest archive
    /// among them.
    public init(of files: [ArchiveFile]) throws(BackupError) {
        guard let newest = files.max(by: { Self.isOlder($0, $1) }) else {
            throw .incompleteChain("there is no archive; name one")
        }
        let stores = Set(files.map(\.footer.identity.storeID))
        guard stores.count == 1 else {
            throw .integrity("the archives are of \(stores.count) vaults; name those of one")
        }
        try self.init(endingWith: newest, among: files)
    }

    /// Its part that suffices for `revision`; throws `.incompleteChain` when that was compacted or
    /// is not reached.
    public func covering(_ revision: Int64) throws(BackupError) -> ArchiveChain {
        guard let end = files.firstIndex(where: { $0.footer.lastRevision >= revision }) else {
            throw .incompleteChain(
                "the archives end with revision \(last.footer.lastRevision); "
                    + "name that or an older one")
        }
        let part = ArchiveChain(files: Array(files[...end]))
        guard revision >= max(part.last.footer.compactRevision, 1) else {
            throw .incompleteChain(
                "revision \(revision) had been compacted; the oldest that can be restored is "
                    + "\(part.last.footer.compactRevision)")
        }
        return part
    }

    private init(files: [ArchiveFile]) {
        self.files = files
    }

    private static func isOlder(_ left: ArchiveFile, _ right: ArchiveFile) -> Bool {
        let (left, right) = (left.footer, right.footer)
        return (left.identity.timeline.number, left.identity.sequence)
            < (right.identity.timeline.number, right.identity.sequence)
    }
}
