/// Whose the files of a vault should be, and where.
public enum FileRules {
    public static func findings(_ facts: PlaceFacts, now: Int64) -> [Finding] {
        var findings: [Finding] = []
        if !facts.directoryPath.isEmpty {
            findings += directory(facts)
            if facts.directory != nil {
                findings.append(contents(facts))
                findings.append(times(facts, now: now))
            }
            findings += fileSystem(facts)
        }
        findings += keyfile(facts) + backups(facts)
        if let configuration = facts.configuration {
            findings.append(self.configuration(configuration, facts))
        }
        findings += socket(facts)
        return findings
    }

    private static func directory(_ facts: PlaceFacts) -> [Finding] {
        let id = "data-directory"
        guard let directory = facts.directory else {
            return [
                Finding(
                    id, .info, "\(facts.directoryPath) is not there, or not for you to look at")
            ]
        }
        guard directory.kind == .directory else {
            return [
                Finding(
                    id, .critical, "\(directory.path) is no directory",
                    fix: "name another with --data-dir")
            ]
        }
        return [
            privacy(of: directory, id, mode: "700", facts)
                ?? Finding(id, .ok, "\(directory.path) is vaultd's alone")
        ]
    }

    /// Every file, also those that vaultd does not know: a copy of the keyring is as good as it.
    private static func contents(_ facts: PlaceFacts) -> Finding {
        let id = "data-files"
        guard let files = facts.files else {
            return Finding(id, .info, "the files in \(facts.directoryPath) are not for you to see")
        }
        let open = files.compactMap { file -> Finding? in
            // A socket holds no data; who may connect has a rule of its own.
            if file.kind == .socket { return nil }
            let mode = file.kind == .directory ? "700" : "600"
            guard file.kind == .file || file.kind == .directory else {
                return Finding(
                    id, .critical, "\(file.path) is no plain file", fix: "move it away")
            }
            return privacy(of: file, id, mode: mode, facts)
        }
        guard var first = open.first else {
            return Finding(id, .ok, "all \(files.count) files of the vault are vaultd's alone")
        }
        if open.count > 1 { first.what += " (and \(open.count - 1) more like it)" }
        return first
    }

    private static func times(_ facts: PlaceFacts, now: Int64) -> Finding {
        let newest = (facts.files ?? []).max { $0.modified < $1.modified }
        // A day: time zones that were mixed up are noticed, clocks that drift are not.
        guard let newest, newest.modified > now + 86_400 else {
            return Finding("file-times", .ok, "no file of the vault is from the future")
        }
        return Finding(
            "file-times", .warning,
            "\(newest.path) was changed in the future: the clock went back",
            fix: "set the clock; until then, times in the audit log do not increase")
    }

    private static func fileSystem(_ facts: PlaceFacts) -> [Finding] {
        guard let fileSystem = facts.fileSystem else { return [] }
        let place: Finding =
            switch fileSystem.kind {
            case .local: Finding("file-system", .ok, "the vault is on a disk of this machine")
            case .network(let name):
                Finding(
                    "file-system", .critical,
                    "\(facts.directoryPath) is on a network file system (\(name)), where locks "
                        + "and memory maps do not hold",
                    fix: "move the vault to a local disk")
            case .memory(let name):
                Finding(
                    "file-system", .warning,
                    "\(facts.directoryPath) is in memory (\(name)): the vault is gone when the "
                        + "machine stops",
                    fix: "move the vault to a disk")
            case .layer(let name):
                Finding(
                    "file-system", .warning,
                    "\(facts.directoryPath) is among the files of a container (\(name)): the vault "
                        + "is gone with it",
                    fix: "mount a volume there")
            }
        return [place, space(fileSystem, facts)]
    }

    private static func space(_ fileSystem: FileSystemFacts, _ facts: PlaceFacts) -> Finding {
        let free = fileSystem.freeBytes >> 20
        let percent =
            fileSystem.totalBytes > 0 ? free * 100 / max(1, fileSystem.totalBytes >> 20) : 0
        let what = "\(free) MiB are free for \(facts.directoryPath) (\(percent) %)"
        let fix =
            "make room: a full disk stops writes, and the audit log stops all but reads by "
            + "administrators"
        // The audit log's reserve and a defragmentation need room to work with.
        if free < 64 { return Finding("disk-space", .critical, what, fix: fix) }
        if percent < 10, free < 10 << 10 {
            return Finding("disk-space", .warning, what, fix: fix)
        }
        return Finding("disk-space", .ok, what)
    }

    private static func keyfile(_ facts: PlaceFacts) -> [Finding] {
        guard let path = facts.keyfilePath else { return [] }
        guard var keyfile = facts.keyfile else {
            return [
                Finding(
                    "key-file", .critical, "key file \(path) is not there, or not for you to see",
                    fix: "put it back, or name another with --keyfile")
            ]
        }
        // In the place that systemd has for credentials, since 254, the mask of an access list is
        // shown where the rights of the group would be.
        if keyfile.path.hasPrefix("/run/credentials/"), keyfile.userID == 0 {
            keyfile.mode &= ~0o040
        }
        let rights =
            keyfile.kind == .file
            ? privacy(of: keyfile, "key-file", mode: "600", facts, orRoot: true)
            : Finding(
                "key-file", .critical, "key file \(path) is no plain file",
                fix: "name another with --keyfile")
        return [
            rights ?? Finding("key-file", .ok, "\(path) is vaultd's alone"),
            keyfilePlace(keyfile, facts),
        ]
    }

    private static func keyfilePlace(_ keyfile: FileFacts, _ facts: PlaceFacts) -> Finding {
        let id = "key-file-place"
        let fix = "keep the key elsewhere: LoadCredentialEncrypted= with a TPM, or another disk"
        if keyfile.path.hasPrefix(facts.directoryPath + "/") {
            return Finding(
                id, .critical,
                "the key file is in the data directory: every copy of the vault has its key",
                fix: fix)
        }
        guard keyfile.device != facts.directory?.device else {
            return Finding(
                id, .warning,
                "the key file is on the vault's own file system: who has the disk has both",
                fix: fix)
        }
        return Finding(id, .ok, "the key file is not on the vault's file system")
    }

    private static func backups(_ facts: PlaceFacts) -> [Finding] {
        guard let path = facts.backupsPath else { return [] }
        let id = "backups-place"
        guard let backups = facts.backups, backups.kind == .directory else {
            return [
                Finding(
                    id, .critical, "\(path) is no directory, or not for you to look at",
                    fix: "name the directory of the archives with --backups")
            ]
        }
        guard backups.mode & 0o022 == 0 || backups.mode & 0o1000 != 0 else {
            return [
                Finding(
                    id, .critical,
                    "others may remove every archive in \(path) (mode \(backups.modeText))",
                    fix: "chmod go-w \(path), or chmod +t")
            ]
        }
        guard backups.device != facts.directory?.device else {
            return [
                Finding(
                    id, .warning,
                    "the archives are on the vault's own file system: what takes one takes both",
                    fix: "copy them elsewhere, too: vaultctl backup copy, or another machine pulls")
            ]
        }
        return [Finding(id, .ok, "the archives are not on the vault's file system")]
    }

    private static func configuration(_ file: FileFacts, _ facts: PlaceFacts) -> Finding {
        let id = "configuration-file"
        if file.userID != facts.userID, file.userID != 0 {
            return Finding(
                id, .critical, "\(file.path) belongs to uid \(file.userID)",
                fix: "chown \(facts.userID) \(file.path)")
        }
        // The mode of a link says nothing; vaultd looks at what it opens.
        guard file.kind == .link || file.mode & 0o022 == 0 else {
            return Finding(
                id, .critical, "others may change \(file.path) (mode \(file.modeText))",
                fix: "chmod go-w \(file.path)")
        }
        return Finding(id, .ok, "\(file.path) can be changed by its owner only")
    }

    private static func socket(_ facts: PlaceFacts) -> [Finding] {
        guard let path = facts.socketPath else { return [] }
        var findings: [Finding] = []
        if let directory = facts.socketDirectory, directory.kind == .directory {
            let isSticky = directory.mode & 0o1000 != 0
            let isOpen = directory.mode & 0o022 != 0 && !isSticky
            let isForeign = directory.userID != 0 && directory.userID != facts.userID
            findings.append(
                isOpen || isForeign
                    ? Finding(
                        "socket-directory", .critical,
                        "others may put a socket of theirs in the place of \(path)",
                        fix: "chown \(facts.userID) \(directory.path); chmod go-w \(directory.path)"
                    )
                    : Finding(
                        "socket-directory", .ok, "nobody else can replace \(path)"))
        }
        guard let socket = facts.socket else { return findings }
        findings.append(self.socket(socket, facts))
        return findings
    }

    private static func socket(_ socket: FileFacts, _ facts: PlaceFacts) -> Finding {
        guard socket.kind == .socket || socket.kind == .link else {
            return Finding(
                "socket", .critical, "\(socket.path) is no socket",
                fix: "move it away and restart vaultd")
        }
        // systemd makes the sockets that it passes, as root.
        guard socket.userID == facts.userID || socket.userID == 0 else {
            return Finding(
                "socket", .critical,
                "\(socket.path) belongs to uid \(socket.userID), vaultd is uid \(facts.userID)",
                fix: "find out who made it; restart vaultd")
        }
        guard socket.kind == .link || socket.mode & 0o002 == 0 else {
            return Finding(
                "socket", .info,
                "every user may connect to \(socket.path); the rules decide what each may do",
                fix: "socket_mode: \"0660\" and a group, if that is not meant")
        }
        return Finding("socket", .ok, "\(socket.path) is not for every user")
    }

    /// What is wrong with the owner or the mode of what should be ours alone.
    private static func privacy(
        of file: FileFacts, _ id: String, mode: String, _ facts: PlaceFacts, orRoot: Bool = false
    ) -> Finding? {
        if file.userID != facts.userID, !(orRoot && file.userID == 0) {
            return Finding(
                id, .critical, "\(file.path) belongs to uid \(file.userID)",
                fix: "chown \(facts.userID) \(file.path)")
        }
        guard file.mode & 0o077 == 0 else {
            return Finding(
                id, .critical, "others have rights to \(file.path) (mode \(file.modeText))",
                fix: "chmod \(mode) \(file.path)")
        }
        return nil
    }
}
