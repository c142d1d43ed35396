import FoundationEssentials
import Logging
import SwiftProtobuf
import Synchronization
import VaultAPI
import VaultSeal
import VaultStore

@testable import VaultAccess
@testable import VaultServer

/// What a client sends on a watch stream, in any order and any bytes, while a real small store
/// changes and is compacted, and while it reads or does not. `WatchConversation` says what it must
/// be told.
///
///     flags, then per step: what it is, and of a message its length and bytes
final class WatchTarget: FuzzTarget {
    private enum Flag {
        /// The caller may read some keys only.
        static let isStranger: UInt8 = 1
        /// Few bytes fill the stream.
        static let isNarrow: UInt8 = 2
    }

    private static let stepsMax = 60
    private static let letters: Bytes = Array("abcdefgh".utf8)

    private let fixture: Fixture
    private let template: StoreTemplate
    private let gate: ServerGate

    init() throws {
        fixture = try Fixture()
        template = try StoreTemplate(in: fixture.scratch.file("store"), fixture.keyring)
        let access = try AccessControl(daemonUserID: 0)
        let rules = try KnownRights().rules
        access.state.withLock { $0.rules = rules }
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        gate = ServerGate(
            vault: try Vault(
                directory: try DataDirectory.acquire(fixture.scratch.file("data")),
                storeConfiguration: StoreConfiguration(), passphraseCost: .moderate,
                access: access,
                trail: AuditTrail(
                    directory: fixture.scratch.file("audit"), AuditConfiguration(),
                    logger: logger),
                logger: logger))
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let flags = input.byte()
        do throws(StoreError) {
            let store = try template.openNew()
            let conversation = WatchConversation(
                gate: gate, vault: OpenVault(store: store, keyring: fixture.keyring),
                userID: flags & Flag.isStranger != 0 ? 7 : 0,
                unsentBytesMax: flags & Flag.isNarrow != 0 ? 300 : 1 << 20)
            try conversation.open()
            for _ in 0..<Self.stepsMax where !input.isAtEnd {
                try step(&input, conversation)
            }
            try conversation.end()
            store.close()
            conversation.hangUp()
        } catch { preconditionFailure("a store of its own serves: \(error)") }
    }

    private func step(
        _ input: inout Input, _ conversation: WatchConversation
    ) throws(StoreError) {
        let kind = input.byte()
        switch kind % 8 {
        case 0: try conversation.put(keys(input.byte()), value(&input))
        case 1:
            let (key, end) = (input.byte(), input.byte())
            try conversation.delete(
                KeyRange(key: [0x61 + key % 8], rangeEnd: end == 0 ? [] : [0x61 + end % 9]))
        case 2: try conversation.compact(Int64(input.byte()), physical: kind & 8 != 0)
        case 3: conversation.read()
        default:
            conversation.send(input.bytes(Int(input.number(UInt16.self))))
        }
    }

    private func keys(_ bits: UInt8) -> [Bytes] {
        Self.letters.indices.filter { bits & 1 << $0 != 0 }.map { [Self.letters[$0]] }
    }

    private func value(_ input: inout Input) -> Bytes {
        Bytes(repeating: 0x76, count: Int(input.byte()) * 2)
    }

    var seeds: [[UInt8]] {
        func message(_ request: Etcdserverpb_WatchRequest) -> [UInt8] {
            let bytes = RequestSeeds.encoded(request)
            return [4] + Input.encode(UInt16(bytes.count)) + bytes
        }
        func create(
            _ key: String, _ end: String = "", from start: Int64 = 0, id: Int64 = 0
        ) -> [UInt8] {
            message(
                .with {
                    $0.createRequest = .with {
                        $0.key = .init(key.utf8)
                        $0.rangeEnd = .init(end.utf8)
                        $0.startRevision = start
                        $0.watchID = id
                        $0.prevKv = id % 2 == 1
                        $0.fragment = id > 1
                        $0.filters = id == 4 ? [.nodelete] : []
                    }
                })
        }
        let cancel = message(.with { $0.cancelRequest = .with { $0.watchID = 3 } })
        let progress = message(.with { $0.progressRequest = .init() })
        let changes: [UInt8] = [0, 7, 3, 0, 129, 60, 1, 1, 0, 0, 2, 9]
        let plain: [[UInt8]] = [
            create("a"), create("a", "\0", id: 3), changes, progress, [3], cancel,
        ]
        let past: [[UInt8]] = [
            changes, create("a", "z", from: 2, id: 4), create("b", from: 9, id: 7), [2, 4],
            progress, create("a", "c", from: 1, id: 5), changes, [10, 6],
        ]
        let refused: [[UInt8]] = [
            create("c", "b"), create("a", id: 3), create("a", id: 3), create("a", from: -4),
            create("h", "i"), cancel, cancel, message(.init()),
        ]
        let parts = [plain, past, refused, past + refused + plain + [[4, 1, 0, 255]]]
        return (0..<4).flatMap { flags in parts.map { [flags] + Array($0.joined()) } }
    }
}
