import VaultSeal

/// What a line is that does not fit.
extension AuditChainCheck {
    /// Decides by the line after it.
    mutating func resolve(before line: AuditLine) {
        guard let suspect = pending else { return }
        if let sequence = line.sequence, let hash = line.hash {
            if sequence == suspect.expected, !suspect.previous.isUnknown,
                follows(line, hash, suspect.previous)
            {
                return settle(asForeign: suspect)
            }
            let follows = follows(line, hash, suspect.own)
            if sequence == suspect.expected + 1, follows { return settle(asEdited: suspect) }
            if let own = suspect.sequence, own > suspect.expected, sequence == own + 1, follows {
                return settle(asGap: suspect, own)
            }
        }
        settleAlone()
    }

    /// Decides by the line itself, when the next does not help or there is none.
    mutating func settleAlone() {
        guard let suspect = pending else { return }
        guard let sequence = suspect.sequence, sequence != suspect.expected else {
            return settle(asEdited: suspect)
        }
        if sequence > suspect.expected {
            settle(asGap: suspect, sequence)
        } else {
            settle(asForeign: suspect)
        }
    }

    private mutating func settle(asEdited suspect: Pending) {
        pending = nil
        let kind: AuditProblem.Kind = suspect.isOverlong ? .overlong : .edited
        findings.add(kind, suspect.place, suspect.expected)
        findings.saw(suspect.expected)
        expected = suspect.expected + 1
        previous = suspect.own
        isUnsealed = nil
    }

    /// The line does not belong there, and the chain goes on as if it were not there.
    private mutating func settle(asForeign suspect: Pending) {
        pending = nil
        (expected, previous) = (suspect.expected, suspect.previous)
        if !suspect.bytes.isEmpty, early.count < AuditLimits.gapsMax {
            early.append(suspect)
        } else {
            add(foreign: suspect)
        }
    }

    private mutating func add(foreign suspect: Pending) {
        let kind: AuditProblem.Kind =
            suspect.isOverlong ? .overlong : suspect.isRepeated ? .duplicated : .inserted
        findings.add(kind, suspect.place, suspect.sequence)
    }

    private mutating func settle(asGap suspect: Pending, _ sequence: UInt64) {
        pending = nil
        open(
            Gap(
                missing: suspect.expected...(sequence - 1), previous: suspect.previous,
                place: suspect.place, kind: .removed))
        findings.saw(sequence)
        if let hash = suspect.own.first { recent.add(sequence, hash) }
        expected = sequence + 1
        previous = Hashes(first: suspect.own.first)
        isUnsealed = nil
    }

    mutating func open(_ gap: Gap) {
        if gaps.count < AuditLimits.gapsMax {
            gaps.append(gap)
        } else {
            add(gap)
        }
    }

    private mutating func add(_ gap: Gap) {
        findings.add(gap.kind, gap.place, gap.missing)
    }

    /// Whether the line is one that is missing further up.
    mutating func fillsGap(_ line: AuditLine, _ sequence: UInt64, _ hash: AuditHash) -> Bool {
        for index in gaps.indices where gaps[index].missing.lowerBound == sequence {
            let gap = gaps[index]
            guard !gap.previous.isUnknown, follows(line, hash, gap.previous) else { continue }
            findings.add(.reordered, place, sequence)
            recent.add(sequence, hash)
            if gap.missing.upperBound == sequence {
                gaps.remove(at: index)
            } else {
                gaps[index].missing = (sequence + 1)...gap.missing.upperBound
                gaps[index].previous = Hashes(first: hash)
            }
            return true
        }
        return false
    }

    /// Lines that came too early, and whose turn it is.
    mutating func absorbEarly() {
        while let index = early.firstIndex(where: { $0.sequence == expected }) {
            let suspect = early.remove(at: index)
            let isRight = suspect.bytes.withUnsafeBytes { bytes in
                let line = AuditLine(bytes, readsMAC: false)
                guard let hash = line.hash else { return false }
                return follows(line, hash, previous)
            }
            guard isRight, let sequence = suspect.sequence, let hash = suspect.own.first else {
                add(foreign: suspect)
                continue
            }
            findings.add(.reordered, suspect.place, sequence)
            step(over: sequence, hash)
            isUnsealed = nil
        }
    }

    /// After the last line of all.
    mutating func finish() {
        settleAlone()
        absorbEarly()
        for suspect in early { add(foreign: suspect) }
        for gap in gaps { add(gap) }
        early = []
        gaps = []
    }
}
