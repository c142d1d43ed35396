@testable import vaultctl

/// The failure that the body ends with, if any.
func failure(of body: () throws(CommandFailure) -> Void) -> CommandFailure? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}

/// A copy of a secret that a test may look at.
func bytes(of secret: borrowing SecretBuffer) -> [UInt8] {
    secret.withBytes { Array($0) }
}
