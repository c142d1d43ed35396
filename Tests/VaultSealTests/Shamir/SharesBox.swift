import VaultSeal

/// What a closure that makes shares leaves behind.
final class SharesBox {
    var texts: [ShareText] = []
}
