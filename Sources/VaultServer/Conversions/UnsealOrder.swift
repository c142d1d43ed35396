/// What an `UnsealRequest` asks for.
struct UnsealOrder: Sendable {
    enum Key: Sendable {
        case credential(CredentialBox)
        /// One share of several.
        case share(ShareBox)
        case forgetShares
    }

    var key: Key
    /// A vault that is not what was written is served read-only, as far as it verifies.
    var acceptsDamage = false
}
