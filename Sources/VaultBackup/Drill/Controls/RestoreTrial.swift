import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// A restore as an operator would do it, whose outcome is what matters.
struct RestoreTrial {
    /// What was read before the restore.
    enum Path {
        /// Every byte, without a key.
        case bytes
        /// Straight to the records.
        case records
    }

    /// Restores `files` into `target`, which must not exist, and removes what it made. `leaked`
    /// says that something was there although the restore failed.
    static func run(
        _ files: [String], with credential: borrowing Credential, into target: String,
        by path: Path
    ) -> ControlObservation {
        var code: Int32 = 0
        do throws(BackupError) {
            let archives = try files.map { (path) throws(BackupError) in
                try ArchiveFile(path: path)
            }
            let chain = try ArchiveChain(of: archives)
            if case .bytes = path {
                for file in chain.files { try file.verifyBytes() }
            } else {
                let opened = try OpenedChain(chain, with: credential)
                defer { opened.close() }
                _ = try Restore.run(opened, into: target)
            }
        } catch { code = error.exitCode }
        var status = stat()
        let isThere = lstat(target, &status) == 0
        if isThere { ScratchFiles.remove(target) }
        return .ended(exitCode: code, leaked: code != 0 && isThere)
    }
}
