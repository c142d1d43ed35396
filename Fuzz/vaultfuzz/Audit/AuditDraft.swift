import VaultSeal

@testable import VaultAccess
@testable import VaultServer

/// One request of an input, as the log is to write it, and what has to stand in its line, put
/// together in the plainest way.
struct AuditDraft {
    /// Texts of all kinds, each longer than any that is written whole.
    private static let textBytesMax = 600
    private static let operationsMax = 20
    static let paths = ["/etcdserverpb.KV/Range", "/vault.v1.Access/AddUser"]
    private static let methods = AuditMethods(paths: paths)

    private struct Has {
        static let unit: UInt8 = 1
        static let user: UInt8 = 2
        static let key: UInt8 = 4
        static let end: UInt8 = 8
        static let target: UInt8 = 16
        static let revision: UInt8 = 32
        static let operations: UInt8 = 64
        static let refused: UInt8 = 128
    }

    struct Operation {
        var kind: AuditOperation.Kind
        var key: [UInt8]
        var end: [UInt8]
    }

    private let flags: UInt8
    private let path: String
    private let peer: PeerIdentity
    private let unit: String
    private let user: String
    private let target: String
    private let key: [UInt8]
    private let end: [UInt8]
    private let revision: Int64
    private let status: AuditStatus
    let operations: [Operation]
    let operationCount: Int

    init(_ input: inout Input) {
        flags = input.byte()
        let choice = input.byte()
        // What is no method may be anything.
        path =
            Int(choice) < Self.paths.count ? Self.paths[Int(choice)] : Self.text(&input)
        peer = PeerIdentity(
            processID: input.number(), userID: input.number(), groupID: input.number())
        unit = flags & Has.unit != 0 ? Self.text(&input) : ""
        user = flags & Has.user != 0 ? Self.text(&input) : ""
        target = flags & Has.target != 0 ? Self.text(&input) : ""
        key = flags & Has.key != 0 ? Self.bytes(&input) : []
        end = flags & Has.end != 0 ? Self.bytes(&input) : []
        revision = flags & Has.revision != 0 ? input.number() : 0
        status = AuditStatus(rawValue: input.byte() % 17) ?? .unknown
        guard flags & Has.operations != 0 else {
            (operations, operationCount) = ([], 0)
            return
        }
        let count = Int(input.byte()) % Self.operationsMax + 1
        let kinds: [AuditOperation.Kind] = [.compare, .get, .put, .delete]
        operations = (0..<count).map { _ in
            Operation(
                kind: kinds[Int(input.byte()) % kinds.count], key: Self.bytes(&input),
                end: Self.bytes(&input))
        }
        operationCount = count + Int(input.byte())
    }

    private static func bytes(_ input: inout Input) -> [UInt8] {
        input.bytes(Int(input.number(UInt16.self)) % textBytesMax)
    }

    /// As the bytes of a header or a message become text.
    private static func text(_ input: inout Input) -> String {
        String(decoding: bytes(&input), as: UTF8.self)
    }

    func append(to batch: inout AuditBatch, time: Int64) {
        let caller = AuditCaller(
            peer: peer, unit: flags & Has.unit != 0 ? unit : nil,
            user: flags & Has.user != 0 ? user : nil)
        var entry = AuditEntry(
            time: time, caller: caller, calledMethod: Self.methods[path],
            decision: flags & Has.refused != 0 ? .refused : .allowed, status: status)
        entry.target = flags & Has.target != 0 ? target : nil
        entry.revision = flags & Has.revision != 0 ? revision : nil
        entry.operationCount = operationCount
        let bytes = operations.flatMap { $0.key + $0.end } + key + end
        bytes.withUnsafeBytes { bytes in
            var start = 0
            func take(_ count: Int) -> UnsafeRawBufferPointer {
                defer { start += count }
                return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
            }
            entry.operations = operations.map {
                AuditOperation($0.kind, key: take($0.key.count), rangeEnd: take($0.end.count))
            }
            if flags & Has.key != 0 { entry.key = take(key.count) }
            if flags & Has.end != 0 { entry.rangeEnd = take(end.count) }
            batch.append(entry)
        }
    }

    /// The fields between the time and the hash, in their order, without what says which user and
    /// process it was.
    func fields(_ names: AuditNaming) -> [AuditField] {
        var fields: [AuditField] = []
        func add(_ name: String, _ text: [UInt8]?) {
            if let text { fields.append(AuditField(name: name, value: .text(text))) }
        }
        if flags & Has.unit != 0 { add("unit", Self.cut(unit)) }
        if flags & Has.user != 0 { add("user", Self.cut(user)) }
        add("method", Array((Self.paths.contains(path) ? path.dropFirst() : "unknown").utf8))
        if flags & Has.key != 0 { add("key", names.text(of: key)) }
        if flags & Has.end != 0, !end.isEmpty { add("end", names.text(of: end)) }
        if !operations.isEmpty {
            fields.append(AuditField(name: "ops", value: .operations(shown.map(names.fields(of:)))))
        }
        if operationCount > shown.count {
            fields.append(
                AuditField(name: "more", value: .number(Int64(operationCount - shown.count))))
        }
        if flags & Has.target != 0 { add("target", Self.cut(target)) }
        add("decision", Array((flags & Has.refused != 0 ? "refused" : "allowed").utf8))
        add("status", Array(status.text.description.utf8))
        if flags & Has.revision != 0 {
            fields.append(AuditField(name: "revision", value: .number(revision)))
        }
        return fields
    }

    var numbers: [Int64] { [Int64(peer.processID), Int64(peer.userID), Int64(peer.groupID)] }

    private var shown: ArraySlice<Operation> { operations.prefix(AuditLimits.operationsMax) }

    /// The longest beginning of whole characters that is written.
    private static func cut(_ text: String) -> [UInt8] {
        var kept: [UInt8] = []
        for scalar in text.unicodeScalars {
            let more = Array(String(scalar).utf8)
            guard kept.count + more.count <= AuditLimits.nameBytesMax else { break }
            kept += more
        }
        return kept
    }
}
