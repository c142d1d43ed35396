import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultSeal

/// Messages as clients send them, each after the number that `RequestsTarget` gives its kind.
enum RequestSeeds {
    static var all: [[UInt8]] {
        var unseal = Vault_V1_UnsealRequest()
        unseal.passphrase = .init("a long passphrase".utf8)
        var initial = Vault_V1_InitRequest()
        var slot = Vault_V1_NewSlot()
        slot.keyfile = .init(repeating: 7, count: 32)
        slot.label = "label"
        initial.slots = [slot]
        initial.administrators = ["uid:1000", "unit:web.service"]
        var replacement = Vault_V1_ReplaceSlotRequest()
        replacement.id = 3
        replacement.slot = slot
        var addition = Vault_V1_AddSlotRequest()
        addition.slot.shares = .with {
            $0.count = 5
            $0.threshold = 3
        }
        var test = Vault_V1_TestSlotRequest()
        test.recoveryKey = .init(repeating: 8, count: 32)
        return ranges.map { [0] + encoded($0) } + [
            [1] + encoded(put), [2] + encoded(deletion), [3] + encoded(transaction),
            [4] + encoded(Etcdserverpb_CompactionRequest.with { $0.revision = 4 }),
            [5]
                + encoded(
                    Vault_V1_VersionRequest.with {
                        $0.key = .init("a".utf8)
                        $0.revision = 9
                    }),
            [6] + encoded(unseal), [7] + encoded(initial), [8] + encoded(replacement),
            [9] + encoded(addition), [10] + encoded(test),
        ]
    }

    static var ranges: [Etcdserverpb_RangeRequest] {
        [("a", ""), ("a", "c"), ("b", "\0"), ("f", "g")].map { key, end in
            .with {
                $0.key = .init(key.utf8)
                $0.rangeEnd = .init(end.utf8)
                $0.limit = 3
                $0.sortOrder = .descend
                $0.sortTarget = .mod
                $0.minModRevision = 2
            }
        }
    }

    static var put: Etcdserverpb_PutRequest { put("a") }

    static func put(_ key: String) -> Etcdserverpb_PutRequest {
        .with {
            $0.key = .init(key.utf8)
            $0.value = .init("value".utf8)
            $0.prevKv = true
        }
    }

    static var deletion: Etcdserverpb_DeleteRangeRequest {
        .with {
            $0.key = .init("a".utf8)
            $0.rangeEnd = .init("c".utf8)
            $0.prevKv = true
        }
    }

    static var transaction: Etcdserverpb_TxnRequest {
        var nested = Etcdserverpb_TxnRequest()
        nested.success = [.with { $0.requestPut = put }]
        nested.failure = [.with { $0.requestRange = ranges[1] }]
        var transaction = Etcdserverpb_TxnRequest()
        transaction.compare = [
            .with {
                $0.key = .init("a".utf8)
                $0.rangeEnd = .init("c".utf8)
                $0.target = .mod
                $0.result = .greater
                $0.modRevision = 1
            },
            .with {
                $0.key = .init("b".utf8)
                $0.target = .value
                $0.value = .init("value".utf8)
            },
        ]
        transaction.success = [
            .with { $0.requestRange = ranges[0] }, .with { $0.requestTxn = nested },
        ]
        transaction.failure = [
            .with { $0.requestDeleteRange = deletion },
            .with { $0.requestPut = .with { $0.key = .init("d".utf8) } },
        ]
        return transaction
    }

    static func encoded(_ message: some SwiftProtobuf.Message) -> [UInt8] {
        do { return try message.serializedBytes() } catch {
            preconditionFailure("it has an encoding: \(error)")
        }
    }
}
