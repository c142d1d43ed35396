import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI
import VaultSeal

/// `vault.v1.KeySlots`: who can open the vault. For administrators.
final class KeySlotService: Sendable {
    private let vault: Vault

    init(vault: Vault) {
        self.vault = vault
    }

    var routes: [Route] {
        [
            .unary(Methods.KeySlots.add.path) { self.add($0, $1, isReplacement: false) },
            .unary(Methods.KeySlots.replace.path) { self.add($0, $1, isReplacement: true) },
            .unary(Methods.KeySlots.remove.path) { self.remove($0, $1) },
            .unary(Methods.KeySlots.test.path) { self.test($0, $1) },
        ]
    }

    private func add(
        _ call: UnaryCall, _ message: ByteBuffer, isReplacement: Bool
    ) -> UnaryAnswer {
        switch SlotDecoding.change(message, isReplacement: isReplacement) {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let change):
            vault.addSlot(change.slot, replacing: change.id) { result in
                call.finish(
                    Self.answer(to: result) { made in
                        var response = Vault_V1_AddSlotResponse()
                        response.slot = Vault_V1_Slot(made.slot)
                        response.shares = made.shares.map(\.message)
                        return response
                    })
            }
            return .later
        }
    }

    private func remove(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_RemoveSlotRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            vault.removeSlot(id: request.id) { result in
                call.finish(Self.answer(to: result) { Vault_V1_RemoveSlotResponse() })
            }
            return .later
        }
    }

    private func test(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        let order: TestOrder
        switch SlotDecoding.test(message) {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let given): order = given
        }
        let completion: @Sendable (Result<SlotDescription, VaultError>) -> Void = { result in
            call.finish(
                Self.answer(to: result) { slot in
                    var response = Vault_V1_TestSlotResponse()
                    response.slot = Vault_V1_Slot(slot)
                    return response
                })
        }
        switch order {
        case .credential(let box): vault.testSlot(with: box, completion: completion)
        case .shares(let boxes): vault.testSlot(with: boxes, completion: completion)
        }
        return .later
    }

    private static func answer<Value, Response: SwiftProtobuf.Message>(
        to result: Result<Value, VaultError>, _ response: (Value) -> Response
    ) -> Result<ByteBuffer, Status> {
        switch result {
        case .success(let value): Answer.encoded(response(value))
        case .failure(let error): .failure(StatusTable.status(of: error))
        }
    }
}
