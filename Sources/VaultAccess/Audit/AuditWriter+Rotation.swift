import Glibc
import VaultSeal

/// Finishing a file and beginning the next. A crash between any two steps leaves what `open` and
/// the verifier accept (docs/formats.md, "Audit log").
extension AuditWriter {
    mutating func rotateIfDue(adding count: Int, now: Int64) {
        guard state == .writing, now >= nextRotation, chain.point.sequence > firstSequence else {
            return
        }
        let age = Duration.microseconds(now &- begun)
        guard size + Int64(count) > settings.fileBytesMax || age >= settings.fileAgeMax else {
            return
        }
        rotate(now: now)
    }

    /// Three quarters of the file are full.
    var isRotationNear: Bool {
        state == .writing && size > settings.fileBytesMax / 4 * 3
    }

    mutating func rotate(now: Int64) {
        let next: AuditFile
        do throws(AuditError) {
            next = try prepareNext()
            try note(.rotated(next: chain.point.sequence + 1), now: now)
        } catch {
            // The old file is as good as before.
            nextRotation = now &+ 1_000_000
            return
        }
        do throws(AuditError) {
            try finishFile()
            try begin(next, trouble: nil, now: now)
        } catch {
            // Nothing may follow the line "rotated"; `check` begins the next file.
            _ = fail(error)
        }
    }

    /// Makes the next file, with its reserve, while the old one still goes on.
    func prepareNext() throws(AuditError) -> AuditFile {
        try disk.remove(AuditFileName.next)
        let next = try disk.create(AuditFileName.next, O_RDWR | O_APPEND)
        if !space.usesReserveFile {
            try disk.allocate(next, from: 0, to: 2 * Int64(settings.reserveBytes))
        }
        return next
    }

    /// Makes the file durable and gives it the name of a finished one.
    mutating func finishFile() throws(AuditError) {
        guard let old = file else { return }
        file = nil
        try disk.synchronize(old)
        // Gives back what was allocated ahead. Without it the space stays taken; no more.
        do throws(AuditError) { try disk.truncate(old, to: size) } catch {}
        try disk.rename(AuditFileName.current, to: AuditFileName.rotated(firstSequence))
    }

    /// Gives the file its name and its first line, and makes all of it durable.
    mutating func begin(
        _ next: AuditFile, trouble: AuditTrouble?, now: Int64
    ) throws(AuditError) {
        try disk.rename(AuditFileName.next, to: AuditFileName.current)
        var opening = AuditOpening(storeID: storeID, isSealed: keys == nil)
        opening.previous = AuditFileName.rotated(firstSequence)
        opening.previousPoint = chain.point
        opening.trouble = trouble
        if keys != nil { opening.revision = newestRevision }
        file = next
        isTorn = false
        firstSequence = chain.point.sequence + 1
        (size, begun, writingBegun) = (0, now, 0)
        space.reset()
        if !space.usesReserveFile { space.grow(to: 2 * Int64(settings.reserveBytes)) }
        do throws(AuditError) {
            try note(.opened(opening), now: now)
            try disk.synchronize(next)
            try disk.synchronizeDirectory()
        } catch {
            // A file whose first line is not this one must not be gone on with.
            if size == 0 { file = nil }
            throw error
        }
        isSynchronized = true
        removeOldFiles()
    }

    private func removeOldFiles() {
        guard settings.keepFiles > 0 else { return }
        do throws(AuditError) {
            for number in try disk.finishedFiles().dropLast(settings.keepFiles) {
                try disk.remove(AuditFileName.rotated(number))
            }
        } catch {
            // They are removed after the next rotation.
        }
    }
}
