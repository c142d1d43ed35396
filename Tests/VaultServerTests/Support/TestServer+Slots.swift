import FoundationEssentials
import RPC
import VaultAPI

@testable import VaultServer

/// Requests about key slots.
extension TestServer {
    static func shares(_ count: UInt32, threshold: UInt32) -> Vault_V1_NewSlot {
        var slot = Vault_V1_NewSlot()
        slot.shares.count = count
        slot.shares.threshold = threshold
        return slot
    }

    static func keyfile(_ byte: UInt8) -> Vault_V1_NewSlot {
        var slot = Vault_V1_NewSlot()
        slot.keyfile = Data(repeating: byte, count: 32)
        return slot
    }

    static func recipient(_ key: RecoveryKeyPair) -> Vault_V1_NewSlot {
        var slot = Vault_V1_NewSlot()
        slot.recipient = key.publicText
        return slot
    }

    func initialize(_ slots: Vault_V1_NewSlot...) async throws -> Vault_V1_InitResponse {
        var request = Vault_V1_InitRequest()
        request.slots = slots
        return try await call(Methods.Vault.initialize, request)
    }

    /// The status of the vault after one share.
    func unseal(share: String) async throws -> Vault_V1_StatusResponse {
        var request = Vault_V1_UnsealRequest()
        request.share = Data(share.utf8)
        return try await unseal(request).last?.status ?? Vault_V1_StatusResponse()
    }

    /// The status of an unseal that must fail; nil when it did not.
    func refusal(
        ofUnseal change: (inout Vault_V1_UnsealRequest) -> Void
    ) async throws -> Status? {
        var request = Vault_V1_UnsealRequest()
        change(&request)
        do {
            _ = try await unseal(request)
            return nil
        } catch let status as Status {
            return status
        }
    }

    func addSlot(_ slot: Vault_V1_NewSlot) async throws -> Vault_V1_AddSlotResponse {
        var request = Vault_V1_AddSlotRequest()
        request.slot = slot
        return try await call(Methods.KeySlots.add, request)
    }

    func testSlot(_ request: Vault_V1_TestSlotRequest) async throws -> Vault_V1_Slot {
        let response: Vault_V1_TestSlotResponse = try await call(Methods.KeySlots.test, request)
        return response.slot
    }
}
