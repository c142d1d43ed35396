/// Archives in a second place.
public enum ArchiveCopy {
    /// Copies an archive to `directory` under its name, unless it is there, and reads every byte
    /// back from there. False when it was there already.
    ///
    /// Throws `.targetInUse` when something else has the name, `.integrity` when what arrived is
    /// not what was written; the name is not given then.
    public static func copy(
        _ source: ArchiveFile, to directory: String, progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) -> Bool {
        let files = try DirectoryFiles.open(directory)
        let path = directory + "/" + source.name
        if let present = try existing(path) {
            guard present.footer == source.footer else {
                throw .targetInUse("\(path) is another archive; name another directory")
            }
            try present.verifyBytes(progress: progress)
            return false
        }
        try Leftovers.remove(in: files)
        var file = try AtomicFile.begin(
            source.name, expectedBytes: source.byteCount, isLarge: true, in: files)
        var hash = ArchiveHash()
        var offset: Int64 = 0
        let contentBytes = Int64(source.footer.contentBytes)
        while offset < source.byteCount {
            // The footer by itself, so that the hash is over what it says.
            let end = offset < contentBytes ? contentBytes : source.byteCount
            let bytes = try source.read(at: offset, count: Int(min(1 << 20, end - offset)))
            if offset < contentBytes { bytes.withUnsafeBytes { hash.update($0) } }
            try bytes.lend { (bytes) throws(BackupError) in try file.append(bytes) }
            offset += Int64(bytes.count)
            progress?(bytes.count)
        }
        guard hash.finish() == source.footer.digest else {
            throw .integrity("\(source.path) is damaged: its bytes are not what was written")
        }
        try file.publish()
        try ArchiveFile(path: path).verifyBytes(progress: progress)
        return true
    }

    private static func existing(_ path: String) throws(BackupError) -> ArchiveFile? {
        do throws(BackupError) { return try ArchiveFile(path: path) } catch {
            if case .incompleteChain = error { return nil }
            throw .targetInUse("\(path) is there and is no sound archive; move it away")
        }
    }
}
