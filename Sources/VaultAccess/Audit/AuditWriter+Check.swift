import Glibc
import VaultSeal

/// Noticing what somebody did to the files, and going on after it.
extension AuditWriter {
    /// To be called about once a second.
    mutating func check(now: Int64) {
        switch state {
        case .closed: return
        case .unwritable: return recover(now: now)
        case .reserveOnly: recoverSpace(now: now)
        case .writing, .broken: break
        }
        do throws(AuditError) {
            if let trouble = try inspect() {
                try breakOff(trouble, now: now)
            } else {
                rotateIfDue(adding: 0, now: now)
            }
        } catch {
            _ = fail(error)
        }
    }

    /// Compares the path with the open file; nil when all is as it should be.
    private func inspect() throws(AuditError) -> AuditTrouble? {
        guard let file else { return nil }
        guard disk.isInPlace() else {
            throw .system(errno: ENOENT, operation: "find \(disk.path)")
        }
        let mine = try disk.status(of: file, AuditFileName.current)
        guard let theirs = try disk.status(ofPath: AuditFileName.current) else {
            return AuditTrouble(kind: .removed, from: firstSequence)
        }
        guard theirs.st_ino == mine.st_ino, theirs.st_dev == mine.st_dev else {
            return AuditTrouble(kind: .replaced, from: firstSequence)
        }
        if mine.st_size < off_t(size) {
            let last = try AuditTail.lastLine(of: file, before: Int64(mine.st_size))
            return AuditTrouble(
                kind: .truncated, from: last.map { $0.point.sequence + 1 } ?? firstSequence)
        }
        let next = chain.point.sequence + 1
        if mine.st_size > off_t(size) { return AuditTrouble(kind: .appended, from: next) }
        guard AuditDisk.complaint(mine, kind: S_IFREG) == nil else {
            return AuditTrouble(kind: .exposed, from: next)
        }
        return nil
    }

    /// Leaves the file to what was done to it, and goes on in a new one.
    mutating func breakOff(_ trouble: AuditTrouble, now: Int64) throws(AuditError) {
        pendingTrouble = trouble
        let next = try prepareNext()
        try clearName()
        try begin(next, trouble: trouble, now: now)
        pendingTrouble = nil
        state = .broken(trouble)
    }

    /// Moves what has the log's name out of the way.
    func clearName() throws(AuditError) {
        guard let status = try disk.status(ofPath: AuditFileName.current) else { return }
        var isOurs = true
        if let file {
            let mine = try disk.status(of: file, AuditFileName.current)
            isOurs = mine.st_ino == status.st_ino && mine.st_dev == status.st_dev
        }
        let finished = AuditFileName.rotated(firstSequence)
        if isOurs, try disk.status(ofPath: finished) == nil {
            try disk.rename(AuditFileName.current, to: finished)
        } else {
            try disk.rename(
                AuditFileName.current, to: AuditFileName.foreign(chain.point.sequence))
        }
    }

    /// Tries to write again, and says what was refused meanwhile.
    private mutating func recover(now: Int64) {
        do throws(AuditError) {
            if isTorn, let file {
                try disk.truncate(file, to: size)
                isTorn = false
            }
            if let trouble = pendingTrouble { return try breakOff(trouble, now: now) }
            if let trouble = try inspect() { return try breakOff(trouble, now: now) }
            if file == nil {
                let next = try prepareNext()
                try clearName()
                try begin(next, trouble: nil, now: now)
            }
            try note(.resumed, now: now)
            state = .writing
            noteRefused(now: now)
        } catch {
            _ = fail(error)
        }
    }

    /// How far the log reached when it was opened, by the word of somebody with the keys; nil where
    /// something else is wrong with it already.
    func reach(_ keys: AuditKeys) -> UInt64? {
        if case .broken = state { return nil }
        guard let headFound, headFound.isAuthentic(keys) == true else { return 0 }
        return headFound.authenticated.sequence
    }

    /// An administrator has seen what happened.
    mutating func resume(now: Int64) throws(AuditError) {
        guard case .broken = state else { return }
        do throws(AuditError) {
            try note(.resumed, now: now)
        } catch {
            throw fail(error)
        }
        state = .writing
        noteRefused(now: now)
    }
}
