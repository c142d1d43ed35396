/// What a `TestSlotRequest` brings.
enum TestOrder: Sendable {
    case credential(CredentialBox)
    /// All that are needed.
    case shares([ShareBox])
}
