import Glibc
import VaultSeal

/// Taking a log up again, or beginning one.
extension AuditWriter {
    /// What was found, and where the chain goes on.
    private struct Found {
        var file: AuditFile?
        var point: AuditChain.Point
        /// Bytes of whole, good lines.
        var size: Int64 = 0
        var tornBytes: Int64 = 0
        var trouble: AuditTrouble?
        /// The file is finished and must not be gone on with.
        var isFinished = false
        /// Lines may have been lost with the power: recorded, but no reason to stop.
        var isPowerCut = false
    }

    /// Opens the log in `directory` for a vault that is sealed.
    static func open(
        directory: String, storeID: StoreID, settings: AuditSettings, now: Int64,
        hook: AuditFault.Hook?
    ) throws(AuditError) -> AuditWriter {
        let disk = try AuditDisk(path: directory, hook: hook)
        try disk.remove(AuditFileName.next)
        let headFile = try disk.open(AuditFileName.head, O_RDWR)
        var head: AuditHead?
        if let headFile { head = try AuditHead.read(headFile) }
        let found: Found
        if let file = try disk.open(AuditFileName.current, O_RDWR | O_APPEND) {
            found = try examine(file, head, disk)
        } else {
            found = try examineMissing(head, disk)
        }
        var writer = AuditWriter(
            disk: disk, settings: settings, storeID: storeID, after: found.point)
        writer.headFile = headFile
        writer.headFound = head
        writer.file = found.file
        if let head {
            writer.authenticated = head.authenticated
            writer.authenticatedMAC = head.mac
            writer.authenticatedRevision = head.revision
            writer.begun = head.begun
            writer.firstSequence = head.firstSequence
        }
        try writer.goOn(from: found, now: now)
        return writer
    }

    private mutating func goOn(from found: Found, now: Int64) throws(AuditError) {
        (size, writingBegun) = (found.size, found.size)
        if let file, let first = try AuditTail.firstSequence(of: file) { firstSequence = first }
        if let file, found.tornBytes > 0, found.trouble == nil {
            try disk.truncate(file, to: found.size)
        }
        guard let file, found.trouble == nil, !found.isFinished, found.size > 0 else {
            let next = try prepareNext()
            // An empty file was begun and got no line: it is nothing.
            if file != nil, found.size == 0, found.trouble == nil {
                try disk.remove(AuditFileName.current)
            }
            try clearName()
            try begin(next, trouble: found.trouble, now: now)
            if let trouble = found.trouble, !found.isPowerCut { state = .broken(trouble) }
            return
        }
        self.file = file
        if !makeRoom(0) { state = .reserveOnly }
        try note(.started(cutBytes: found.tornBytes), now: now)
    }

    private static func examine(
        _ file: AuditFile, _ head: AuditHead?, _ disk: AuditDisk
    ) throws(AuditError) -> Found {
        let size = Int64(try disk.status(of: file, AuditFileName.current).st_size)
        guard let head else { return try examineWithoutHead(file, size, disk) }
        let first = try AuditTail.firstSequence(of: file)
        if first == nil || first == head.point.sequence + 1 {
            // Begun, and the head is still that of the file before.
            if try isFinished(head, disk) {
                return try examine(file, from: 0, after: head.point, event: nil)
            }
        }
        guard first == head.firstSequence else {
            let kind: AuditTrouble.Kind = size < Int64(head.size) ? .truncated : .replaced
            return broken(file, head, size, kind, from: head.firstSequence)
        }
        guard size >= Int64(head.size) else {
            let last = try AuditTail.lastLine(of: file, before: size)
            let from = last.map { $0.point.sequence + 1 } ?? head.firstSequence
            var found = broken(file, head, size, .truncated, from: from)
            found.isPowerCut = head.bootID != BootID.read()
            return found
        }
        let last = try AuditTail.lastLine(of: file, before: Int64(head.size))
        guard let last, last.point == head.point, last.end == Int64(head.size) else {
            return broken(file, head, size, .changed, from: head.firstSequence)
        }
        return try examine(
            file, from: Int64(head.size), after: head.point, event: last.event)
    }

    /// Reads on from where the head says.
    private static func examine(
        _ file: AuditFile, from start: Int64, after point: AuditChain.Point, event: String?
    ) throws(AuditError) -> Found {
        let tail = try AuditTail.read(file, from: start, after: point, event: event)
        var found = Found(file: file, point: tail.last.point, size: tail.last.end)
        found.tornBytes = tail.tornBytes
        found.isFinished = tail.last.event == "rotated"
        if tail.breakOffset != nil {
            found.trouble = AuditTrouble(kind: .changed, from: tail.last.point.sequence + 1)
        }
        return found
    }

    private static func broken(
        _ file: AuditFile, _ head: AuditHead, _ size: Int64, _ kind: AuditTrouble.Kind,
        from: UInt64
    ) -> Found {
        var found = Found(file: file, point: head.point, size: size)
        found.trouble = AuditTrouble(kind: kind, from: from)
        return found
    }

    /// A crash right at the beginning leaves an empty file, or one line; otherwise the head was
    /// taken away.
    private static func examineWithoutHead(
        _ file: AuditFile, _ size: Int64, _ disk: AuditDisk
    ) throws(AuditError) -> Found {
        let isFirst = try disk.finishedFiles().isEmpty
        let start = try examine(file, from: 0, after: AuditChain.Point(), event: nil)
        if isFirst, start.trouble == nil, start.point.sequence <= 1 { return start }
        let last = try AuditTail.lastLine(of: file, before: size)
        let newest = try lastFinishedLine(disk)
        let point = last?.point ?? newest?.point ?? AuditChain.Point()
        var found = Found(file: file, point: point, size: size)
        found.trouble = AuditTrouble(kind: .headMissing, from: point.sequence + 1)
        return found
    }

    /// There is no file: a new log, or a crash in a rotation, or somebody took it away.
    private static func examineMissing(
        _ head: AuditHead?, _ disk: AuditDisk
    ) throws(AuditError) -> Found {
        guard let head else {
            guard let last = try lastFinishedLine(disk) else {
                return Found(file: nil, point: AuditChain.Point())
            }
            var found = Found(file: nil, point: last.point)
            found.trouble = AuditTrouble(kind: .removed, from: last.point.sequence + 1)
            return found
        }
        var found = Found(file: nil, point: head.point)
        if try !isFinished(head, disk) {
            found.trouble = AuditTrouble(kind: .removed, from: head.firstSequence)
        }
        return found
    }

    /// Whether the head's file was finished by a rotation, and ends as the head says.
    private static func isFinished(
        _ head: AuditHead, _ disk: AuditDisk
    ) throws(AuditError) -> Bool {
        let name = AuditFileName.rotated(head.firstSequence)
        guard let file = try disk.open(name, O_RDONLY) else { return false }
        let size = Int64(try disk.status(of: file, name).st_size)
        let last = try AuditTail.lastLine(of: file, before: size)
        return last?.point == head.point
    }

    private static func lastFinishedLine(
        _ disk: AuditDisk
    ) throws(AuditError) -> AuditTail.Last? {
        guard let newest = try disk.finishedFiles().last else { return nil }
        let name = AuditFileName.rotated(newest)
        guard let file = try disk.open(name, O_RDONLY) else { return nil }
        return try AuditTail.lastLine(
            of: file, before: Int64(try disk.status(of: file, name).st_size))
    }
}
