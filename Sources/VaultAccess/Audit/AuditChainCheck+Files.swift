import VaultSeal

/// Where one file ends and the next begins, and where the log ends.
extension AuditChainCheck {
    /// What is to be known of the first line of a file before it is looked at like every other.
    /// True when there is nothing more to say about it.
    mutating func takeFirst(_ line: AuditLine) -> Bool {
        if expected == nil { return expectFirst(line) }
        if let sequence = line.sequence, let hash = line.hash {
            takeOpening(line, sequence, hash)
        }
        return false
    }

    /// A later file that begins further on than the one before ended. It names the line that it
    /// follows, so it can be checked all the same.
    private mutating func takeOpening(_ line: AuditLine, _ sequence: UInt64, _ hash: AuditHash) {
        guard let expected, line.event == "opened",
            let before = line.number("previousSeq"), let beforeHash = line.hash("previousHash"),
            before >= expected, before + 1 == sequence,
            line.computedHash(after: beforeHash, &scratch) == hash
        else { return }
        let previousFile = max(0, findings.file - 1)
        let isNext = findings.isNamed(line.text("previous") ?? "", previousFile)
        let lines = findings.lineCounts[previousFile] ?? 0
        open(
            Gap(
                missing: expected...before, previous: previous,
                place: isNext ? Place(file: previousFile, line: lines + 1) : place,
                kind: isNext ? .truncated : .missingFile))
        self.expected = sequence
        previous = Hashes(first: beforeHash)
    }

    /// The first line of the first file says itself what it follows.
    private mutating func expectFirst(_ line: AuditLine) -> Bool {
        let named = AuditFileName.firstSequence(in: findings.baseName(findings.file))
        if line.event == "opened", let before = line.number("previousSeq"),
            let hash = line.hash("previousHash")
        {
            expected = before + 1
            previous = Hashes(first: hash)
        } else if line.event == "opened" || line.sequence == 1 || named == 1 {
            expected = 1
            previous = Hashes(first: .zero)
        } else if let sequence = line.sequence, sequence != named {
            // Every file begins with a line that says so.
            findings.add(.removed, place, min(named ?? .max, sequence - 1)...(sequence - 1))
            expected = sequence
        } else {
            // The first line, with other content. What follows is taken as it comes.
            findings.add(.edited, place, line.sequence ?? named)
            expected = (line.sequence ?? named).map { $0 + 1 }
            previous = Hashes(first: line.hash)
            return true
        }
        return false
    }

    /// The end of a file, with so many bytes of a line behind the last newline.
    mutating func endFile(tornBytes: Int64, isLast: Bool, head: AuditHeadFile) {
        findings.lineCounts[findings.file] = place.line
        let end = Place(file: findings.file, line: place.line + 1)
        guard isLast else {
            if tornBytes > 0 { findings.add(.torn, end, nil as UInt64?) }
            return
        }
        finish()
        let missing = check(head)
        if let missing {
            findings.add(.truncated, end, missing)
        } else if tornBytes > 0 {
            findings.add(.torn, end, expected)
        }
    }

    /// Compares the end with the head; the lines that are missing.
    private mutating func check(_ head: AuditHeadFile) -> ClosedRange<UInt64>? {
        // A finished file's end is told by its last line.
        guard !isFinished, let expected else { return nil }
        let end = Place(file: findings.file, line: place.line + 1)
        let found: AuditHead
        switch head {
        case .absent: return nil
        case .damaged:
            findings.add(.wrongHead, end, nil as UInt64?)
            return nil
        case .found(let head): found = head
        }
        findings.report.isEndChecked = true
        if let keys, found.isAuthentic(keys) == false {
            findings.add(.wrongHead, end, found.authenticated.sequence)
        }
        let last = max(found.point.sequence, found.authenticated.sequence)
        if last >= expected { return expected...last }
        // Lines with a MAC move the authenticated place along. Only a kill between the two writes
        // leaves it behind, and then a new process begins, sealed.
        let isLeftBehind =
            found.point.sequence >= findings.lastMAC
            && found.authenticated.sequence < findings.lastMAC
        let isExcused =
            findings.hasStartedSinceMAC
            && (found.authenticated.sequence > 0 || findings.report.macCount == 1)
        if recent.contradicts(found.point) || recent.contradicts(found.authenticated)
            || (isLeftBehind && !isExcused)
        {
            findings.add(.wrongHead, end, found.point.sequence)
        }
        return nil
    }
}
