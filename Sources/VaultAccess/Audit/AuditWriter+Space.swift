import Glibc

/// The reserve for administrators on a full disk.
extension AuditWriter {
    /// A piece of new lines is long enough to begin its way to the disk, and the one before has had
    /// its time there. Not where each batch is synchronized, or nothing is.
    func isWritingDue(now: Int64) -> Bool {
        guard size - writingBegun >= AuditLimits.writingBytes,
            case .interval = settings.synchronization
        else { return false }
        // Compared this way around, a clock that was set back does not stop it.
        let age = now.subtractingReportingOverflow(writingBegunAt).partialValue
        return age >= AuditLimits.writingInterval || age < 0
    }

    /// That piece, in whole pages: the last one is still written to.
    mutating func takeUnwritten(now: Int64) -> Range<Int64> {
        let start = writingBegun
        writingBegun = max(start, size / 4_096 * 4_096)
        writingBegunAt = now
        return start..<writingBegun
    }

    /// Sees to the reserve behind the next `count` bytes. False when there is none any more.
    mutating func makeRoom(_ count: Int) -> Bool {
        guard let file, let missing = space.missing(size: size, adding: count) else {
            return true
        }
        do throws(AuditError) {
            try disk.allocate(file, from: missing.lowerBound, to: missing.upperBound)
            space.grow(to: missing.upperBound)
            return true
        } catch {
            guard case .system(let code, _) = error, code == EOPNOTSUPP || code == ENOSYS else {
                return false
            }
            space.usesReserveFile = true
            return fillReserveFile()
        }
    }

    /// Tries to be as before the disk was full, and says how many requests went without a line.
    mutating func recoverSpace(now: Int64) {
        guard state == .reserveOnly else { return }
        // Asks for more than what is left of the reserve, or that alone would look like room.
        let hasRoom = space.usesReserveFile ? fillReserveFile() : makeRoom(settings.reserveBytes)
        guard hasRoom else { return }
        state = .writing
        noteRefused(now: now)
    }

    /// The line about requests that have none.
    mutating func noteRefused(now: Int64) {
        guard refusedCount > 0 else { return }
        do throws(AuditError) {
            try note(.refusedUnlogged(refusedCount), now: now)
            refusedCount = 0
        } catch {
            // The count stays, for the next try.
            _ = fail(error)
        }
    }

    /// Gives administrators the room; true when there may be some.
    func giveUpReserve() -> Bool {
        guard space.usesReserveFile else { return true }
        do throws(AuditError) {
            try disk.remove(AuditFileName.reserve)
            return true
        } catch {
            return false
        }
    }

    private func fillReserveFile() -> Bool {
        do throws(AuditError) {
            try disk.remove(AuditFileName.reserve)
            let file = try disk.create(AuditFileName.reserve, O_WRONLY)
            let zeros = [UInt8](repeating: 0, count: 64 << 10)
            var rest = settings.reserveBytes
            while rest > 0 {
                let count = zeros.withUnsafeBytes {
                    Glibc.write(file.descriptor, $0.baseAddress, min(rest, $0.count))
                }
                guard count > 0 else { return giveUpReserve() && false }
                rest -= count
            }
            // The kernel may promise room that the disk does not have, until it is asked for it.
            return fdatasync(file.descriptor) == 0
        } catch {
            return false
        }
    }
}
