import NIOCore
import Sodium
import SwiftProtobuf
import VaultAPI

@testable import VaultServer
@testable import VaultStore

/// Messages of clients, decoded by hand: as protobuf's own library reads them, or refused like it.
/// What is allowed of them by rules is what those rules say, key by key.
///
///     which message, then its bytes
final class RequestsTarget: FuzzTarget {
    private let rules: KnownRights

    init() throws {
        try Sodium.initialize()
        rules = try KnownRights()
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let kind = input.byte()
        let bytes = input.remainder()
        let message = ByteBuffer(bytes: bytes)
        switch kind % 11 {
        case 0:
            let query = RequestDecoding.range(message)
            compare(query, bytes, ReferenceDecoding.range)
            if case .success(let query) = query { rules.check(query.range) }
        case 1: compare(RequestDecoding.put(message), bytes, ReferenceDecoding.put)
        case 2: compare(RequestDecoding.delete(message), bytes, ReferenceDecoding.delete)
        case 3: takeTransaction(message, bytes)
        case 4:
            compare(
                RequestDecoding.compaction(message).map {
                    [$0.revision.rawValue, $0.physical ? 1 : 0]
                }, bytes
            ) {
                (request: Etcdserverpb_CompactionRequest) in
                [request.revision, request.physical ? 1 : 0]
            }
        case 5:
            compare(
                RequestDecoding.history(message).map {
                    $0.key + Input.encode($0.revision.rawValue)
                }, bytes
            ) {
                (request: Vault_V1_VersionRequest) in
                Bytes(request.key) + Input.encode(request.revision)
            }
        case 6:
            refusesLikeLibrary(
                CredentialDecoding.unseal(message), bytes, as: Vault_V1_UnsealRequest.self)
        case 7:
            guard case .success = CredentialDecoding.administrators(message) else { return }
            refusesLikeLibrary(
                CredentialDecoding.newSlots(message), bytes, as: Vault_V1_InitRequest.self)
        case 8:
            refusesLikeLibrary(
                SlotDecoding.change(message, isReplacement: true), bytes,
                as: Vault_V1_ReplaceSlotRequest.self)
        case 9:
            refusesLikeLibrary(
                SlotDecoding.change(message, isReplacement: false), bytes,
                as: Vault_V1_AddSlotRequest.self)
        default:
            refusesLikeLibrary(SlotDecoding.test(message), bytes, as: Vault_V1_TestSlotRequest.self)
        }
    }

    private func takeTransaction(_ message: ByteBuffer, _ bytes: [UInt8]) {
        let result = RequestDecoding.transaction(message)
        compare(result, bytes, ReferenceDecoding.transaction)
        guard case .success(let transaction) = result else { return }
        do throws(StoreError) { try RequestChecks.check(transaction) } catch { return }
        // What was checked can be taken apart without another look.
        require(Flattened(transaction).isWithoutDoublePuts, "a key is put once at most")
    }

    private func compare<Value: Equatable, Request: SwiftProtobuf.Message>(
        _ ours: Result<Value, WireError>, _ bytes: [UInt8], _ reference: (Request) -> Value
    ) {
        let theirs = decoded(bytes, as: Request.self).map(reference)
        switch ours {
        case .success(let value): require(theirs == value, "it is read as the library reads it")
        // The library overlooks these inside of groups.
        case .failure(let error) where error == WireReader.overlongTag: break
        case .failure: require(theirs == nil, "it is refused when the library refuses it")
        }
    }

    /// Whatever else is wrong with it: what the library does not take is not taken.
    private func refusesLikeLibrary<Value, Request: SwiftProtobuf.Message>(
        _ ours: Result<Value, VaultError>, _ bytes: [UInt8], as type: Request.Type
    ) {
        if case .success = ours {
            require(decoded(bytes, as: type) != nil, "it is refused when the library refuses it")
        }
    }

    private func decoded<Request: SwiftProtobuf.Message>(
        _ bytes: [UInt8], as type: Request.Type
    ) -> Request? {
        do { return try Request(serializedBytes: bytes) } catch { return nil }
    }

    var seeds: [[UInt8]] { RequestSeeds.all }
}
