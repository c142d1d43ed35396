import Sodium

// The module's functions take buffers; these take arrays, as vectors are written.

func encrypt(
    _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]
) -> [UInt8] {
    var sealed = plaintext + [UInt8](repeating: 0, count: AEAD.tagCount)
    sealed.withUnsafeMutableBytes { sealed in
        key.withUnsafeBytes { key in
            nonce.withUnsafeBytes { nonce in
                associatedData.withUnsafeBytes { associatedData in
                    AEAD.encryptInPlace(
                        sealed, key: key, nonce: nonce, associatedData: associatedData)
                }
            }
        }
    }
    return sealed
}

/// The plaintext, or nil when it is refused; then `residue` is what the output holds.
func decrypt(
    _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8],
    residue: inout [UInt8]
) -> [UInt8]? {
    var output = [UInt8](repeating: 0xEE, count: max(0, sealed.count - AEAD.tagCount))
    let isAuthentic = output.withUnsafeMutableBytes { output in
        sealed.withUnsafeBytes { sealed in
            key.withUnsafeBytes { key in
                nonce.withUnsafeBytes { nonce in
                    associatedData.withUnsafeBytes { associatedData in
                        do throws(SodiumError) {
                            try AEAD.decrypt(
                                sealed, into: output, key: key, nonce: nonce,
                                associatedData: associatedData)
                            return true
                        } catch {
                            return error != .notAuthentic
                        }
                    }
                }
            }
        }
    }
    residue = output
    return isAuthentic ? output : nil
}

func hash(_ message: [UInt8], key: [UInt8] = [], count: Int = 64) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: count)
    digest.withUnsafeMutableBytes { digest in
        message.withUnsafeBytes { message in
            key.withUnsafeBytes { KeyedHash.digest(of: message, key: $0, into: digest) }
        }
    }
    return digest
}

func secret(_ bytes: [UInt8]) throws -> SecretBytes {
    var copy = bytes
    return try SecretBytes(wiping: &copy)
}

func content(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { Array($0) }
}
