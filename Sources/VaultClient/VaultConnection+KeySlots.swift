public import VaultAPI

extension VaultConnection {
    /// Deriving a key from a passphrase on a loaded machine; no answer in time would leave it
    /// unclear whether the slot is there.
    private static let slotTimeout = Duration.seconds(300)

    /// Adds a key slot to the unsealed vault. Shares are in the answer alone.
    public func addSlot(
        _ slot: Vault_V1_NewSlot
    ) async throws(VaultClientError) -> Vault_V1_AddSlotResponse {
        var request = Vault_V1_AddSlotRequest()
        request.slot = slot
        return try await call(Methods.KeySlots.add, request, timeout: Self.slotTimeout)
    }

    /// Exchanges what opens a slot; the new slot has a number of its own.
    ///
    /// - Throws: `.notFound` when there is no slot `id`.
    public func replaceSlot(
        id: UInt32, with slot: Vault_V1_NewSlot
    ) async throws(VaultClientError) -> Vault_V1_AddSlotResponse {
        var request = Vault_V1_ReplaceSlotRequest()
        request.id = id
        request.slot = slot
        return try await call(Methods.KeySlots.replace, request, timeout: Self.slotTimeout)
    }

    /// Removes a slot, but never the last one.
    ///
    /// - Throws: `.notFound` when there is no slot `id`.
    public func removeSlot(id: UInt32) async throws(VaultClientError) {
        var request = Vault_V1_RemoveSlotRequest()
        request.id = id
        let _: Vault_V1_RemoveSlotResponse = try await call(
            Methods.KeySlots.remove, request, timeout: Self.slotTimeout)
    }

    /// Says which slot a credential opens, sealed or not, and changes nothing.
    ///
    /// - Throws: `.wrongKey` when it opens none.
    public func testSlot(
        _ request: Vault_V1_TestSlotRequest
    ) async throws(VaultClientError) -> Vault_V1_Slot {
        let response: Vault_V1_TestSlotResponse = try await call(
            Methods.KeySlots.test, request, timeout: Self.slotTimeout)
        return response.slot
    }
}
