/// What an `UnsealRequest` asks for.
enum UnsealOrder: Sendable {
    case credential(CredentialBox)
    /// One share of several.
    case share(ShareBox)
    case forgetShares
}
