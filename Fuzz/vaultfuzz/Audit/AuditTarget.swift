import VaultSeal

@testable import VaultAccess
@testable import VaultBackup

/// Lines of the audit log about requests whose paths, keys and names are the client's, or those of
/// somebody whom it asked: each is one line, one JSON object, with those fields and no other, and
/// `audit verify` finds nothing in the log. Over seals and rotations, with names hashed or plain.
///
///     flags, then per step: what it is, and of a request what `AuditDraft` reads
final class AuditTarget: FuzzTarget {
    private enum Flag {
        static let isPlain: UInt8 = 1
        static let startsUnsealed: UInt8 = 2
        static let rotates: UInt8 = 4
    }

    private static let stepsMax = 40
    private let scratch: ScratchDirectory
    private let keys: AuditKeys
    private let storeID = StoreID(bytes: Array(0..<16))

    /// What the next line of a request has to say.
    private struct Expected {
        var draft: AuditDraft
        var naming: AuditNaming
    }

    init() throws {
        scratch = try ScratchDirectory()
        var bytes = [UInt8](repeating: 0x42, count: 16) + [UInt8](repeating: 0x43, count: 16)
        keys = try AuditKeys(wiping: &bytes)
    }

    func take(_ input: [UInt8]) {
        defer { scratch.removeContent() }
        do throws(AuditError) {
            let expected = try write(Input(input))
            let report = try AuditVerifier(keys: keys).verify(paths())
            require(report.isIntact, "audit verify finds nothing: \(report.problems)")
            require(report.isEndChecked, "the end is known")
            require(report.incidents.isEmpty, "nothing went wrong: \(report.incidents)")
            check(expected, lineCount: report.lineCount)
        } catch { preconditionFailure("a log of its own is written: \(error)") }
    }

    private func write(_ input: Input) throws(AuditError) -> [Expected] {
        var input = input
        let flags = input.byte()
        var settings = AuditSettings()
        settings.synchronization = .never
        settings.reserveBytes = 4096
        if flags & Flag.rotates != 0 { settings.fileBytesMax = 4096 }
        // 2026-11-25T03:00:00Z
        var now: Int64 = 1_795_575_600_000_000
        let log = try AuditLog(
            directory: directory, storeID: storeID, settings: settings, now: now)
        var naming = AuditNaming(isPlain: flags & Flag.isPlain != 0, keys: nil)
        func turn() throws(AuditError) {
            if naming.keys == nil { try log.unlock(keys, now: now) } else { try log.lock(now: now) }
            let wasOpen = naming.keys != nil
            naming = AuditNaming(isPlain: naming.isPlain, keys: wasOpen ? nil : keys)
        }
        if flags & Flag.startsUnsealed != 0 { try turn() }
        var expected: [Expected] = []
        var batch = AuditBatch(keyNames: naming.keyNames)
        for _ in 0..<Self.stepsMax where !input.isAtEnd {
            now += 1_000
            switch input.byte() % 8 {
            case 5: try log.write(&batch, now: now)
            case 6:
                try log.write(&batch, now: now)
                try turn()
                batch.keyNames = naming.keyNames
            case 7: require(log.check(now: now) == .writing, "the log goes on")
            default:
                let draft = AuditDraft(&input)
                draft.append(to: &batch, time: now)
                expected.append(Expected(draft: draft, naming: naming))
            }
        }
        try log.write(&batch, now: now)
        return expected
    }

    private var directory: String { scratch.file("audit") }

    /// The files of the log, the oldest first.
    private func paths() -> [String] {
        do throws {
            let names = try DirectoryFiles.open(directory).names()
            let rotated = names.filter { AuditFileName.firstSequence(in: $0) != nil }
            return (rotated + [AuditFileName.current]).map { "\(directory)/\($0)" }
        } catch { preconditionFailure("its directory can be listed: \(error)") }
    }

    private func check(_ expected: [Expected], lineCount: Int) {
        var rest = expected[...]
        var count = 0
        for line in paths().flatMap(lines) {
            count += 1
            require(line.count < AuditLimits.lineBytesMax, "a reader can hold each line")
            let isObject = line.withUnsafeBytes { JSONCheck.isObject($0) }
            require(isObject, "each line is one object")
            let value: JSONValue
            do throws(JSONError) { value = try JSONParser.parse(line[...]) } catch {
                preconditionFailure("each line is one JSON document: \(error.what)")
            }
            require(value["seq"] == .number(Int64(count)), "lines are numbered")
            guard value["event"] == nil else { continue }
            guard let next = rest.popFirst() else {
                preconditionFailure("a request has one line")
            }
            check(AuditField.fields(of: value), next)
        }
        require(rest.isEmpty, "every request has a line")
        require(count == lineCount, "audit verify sees the same lines")
    }

    private func check(_ fields: [AuditField], _ expected: Expected) {
        let numbers = zip(["pid", "uid", "gid"], expected.draft.numbers).map {
            AuditField(name: $0.0, value: .number($0.1))
        }
        require(
            fields.prefix(2).map(\.name) == ["seq", "time"]
                && Array(fields.dropFirst(2).prefix(3)) == numbers, "a line begins like all others")
        let own = expected.draft.fields(expected.naming)
        let rest = Array(fields.dropFirst(5))
        require(Array(rest.prefix(own.count)) == own, "a line says what was asked: \(own), \(rest)")
        let end = rest.dropFirst(own.count).map(\.name)
        let hasMAC = expected.naming.keys != nil
        require(end == (hasMAC ? ["hash", "mac"] : ["hash"]), "nothing else is in a line: \(end)")
    }

    private func lines(of path: String) -> [[UInt8]] {
        do throws {
            let place = path.split(separator: "/").last.map(String.init) ?? ""
            let files = try DirectoryFiles.open(directory)
            let bytes = try files.contents(of: place, limit: 64 << 20) ?? []
            return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
                .map(Array.init)
        } catch { preconditionFailure("its files can be read: \(error)") }
    }

    var seeds: [[UInt8]] {
        func text(_ text: String) -> [UInt8] {
            Input.encode(UInt16(text.utf8.count)) + Array(text.utf8)
        }
        let peer = Input.encode(Int32(7)) + Input.encode(UInt32(1000)) + Input.encode(UInt32(1000))
        let names = ["web.service", "al\"ice", "uid:7", "app/\u{7f}\u{2028}db", "app0"]
        let named = [0, 63, 0] + peer + names.flatMap(text) + Input.encode(Int64(9)) + [0]
        let unknown = [1, 128, 9] + text("/none\n\u{9b}/\\None") + peer + [12]
        let operation = [2] + text("h:b") + text("\0")
        let several =
            [2, 64, 1] + peer + [0, 2] + operation + [1] + text("é") + text("")
            + operation + [3]
        let long = [0, 4, 0] + peer + text(String(repeating: "k", count: 300)) + [7]
        let steps = named + [5] + unknown + several + [6] + named + several + [7] + long
        return (0..<8).map { [$0] + steps }
    }
}
