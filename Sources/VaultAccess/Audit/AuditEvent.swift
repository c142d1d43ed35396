import VaultSeal

/// What a line says that is about the log or the vault, not about a request.
enum AuditEvent {
    /// The first line of a file.
    case opened(AuditOpening)
    /// The file was taken up again by a new process, sealed; `cutBytes` of a line that was not
    /// written to its end were removed.
    case started(cutBytes: Int64)
    /// The last line of a file; the next begins with the next line.
    case rotated(next: UInt64)
    /// Through a slot, when it is known.
    case unsealed(AuditSlot?)
    case sealed
    /// The root key was changed: this line and those after it bear MACs of its keys.
    case rekeyed
    /// Something was wrong with the log. From the line `from` on, lines may be missing.
    case trouble(String, from: UInt64)
    /// An administrator had the log go on.
    case resumed
    /// The vault was opened although it is damaged.
    case damage(count: UInt64, records: UInt64)
    /// The vault was restored and nobody has accepted it yet: from which archive, when, and the
    /// last line of the log that the archive knew of.
    case restored(AuditRestoration)
    /// Requests that were refused and have no line, because none could be written.
    case refusedUnlogged(Int)

    /// The name in the field "event".
    var name: StaticString {
        switch self {
        case .opened: "opened"
        case .started: "started"
        case .rotated: "rotated"
        case .unsealed: "unsealed"
        case .sealed: "sealed"
        case .rekeyed: "rekeyed"
        case .trouble: "trouble"
        case .resumed: "resumed"
        case .damage: "damage"
        case .restored: "restored"
        case .refusedUnlogged: "refused-unlogged"
        }
    }

    func write(to line: inout LineBuffer) {
        line.put(",\"event\":\"")
        line.put(name)
        line.put(byte: UInt8(ascii: "\""))
        switch self {
        case .opened(let opening): opening.write(to: &line)
        case .started(let cutBytes):
            guard cutBytes > 0 else { return }
            line.put(",\"cut\":")
            line.put(decimal: cutBytes)
        case .rotated(let next):
            line.put(",\"next\":\"")
            line.put(escaped: AuditFileName.rotated(next), bytesMax: AuditLimits.nameBytesMax)
            line.put(byte: UInt8(ascii: "\""))
        case .unsealed(let slot):
            guard let slot else { return }
            line.put(",\"slot\":")
            line.put(decimal: UInt64(slot.id))
            line.put(",\"slotKind\":\"")
            line.put(escaped: slot.kind.rawValue, bytesMax: AuditLimits.nameBytesMax)
            line.put(byte: UInt8(ascii: "\""))
        case .sealed, .rekeyed, .resumed: return
        case .trouble(let reason, let from): Self.write(reason, from, to: &line)
        case .damage(let count, let records):
            line.put(",\"count\":")
            line.put(decimal: count)
            line.put(",\"records\":")
            line.put(decimal: records)
        case .restored(let restoration): restoration.write(to: &line)
        case .refusedUnlogged(let count):
            line.put(",\"count\":")
            line.put(decimal: UInt64(count))
        }
    }

    static func write(_ reason: String, _ from: UInt64, to line: inout LineBuffer) {
        line.put(",\"trouble\":\"")
        line.put(escaped: reason, bytesMax: AuditLimits.reasonBytesMax)
        line.put("\",\"from\":")
        line.put(decimal: from)
    }
}
