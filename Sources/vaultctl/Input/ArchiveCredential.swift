import VaultAPI
import VaultSeal

/// The key that opens an archive, from a file, from shares, or asked for.
enum ArchiveCredential {
    /// Reads what the options name; asks for a passphrase when they name nothing.
    static func read(
        _ credential: CredentialOptions, _ opening: OpeningOptions
    ) throws(CommandFailure) -> Credential {
        if let path = opening.recoveryKey {
            return try wiping(try RecoveryKeyFile.read(path)) { (bytes) throws(SealError) in
                try .recoveryKey(wiping: &bytes)
            }
        }
        if let path = credential.keyfile {
            return try wiping(try KeyFile.read(path)) { (bytes) throws(SealError) in
                try .keyfile(wiping: &bytes)
            }
        }
        if !opening.share.isEmpty { return try shares(opening.share) }
        let secret: SecretBuffer
        if let path = credential.passphraseFile {
            secret = try SecretFile.passphrase(at: path)
        } else {
            try CredentialOptions.requireTerminal()
            secret = try Prompt.secret("passphrase", limit: SecretFile.passphraseBytesMax)
        }
        return try wiping(secret) { (bytes) throws(SealError) in
            try .passphrase(wiping: &bytes)
        }
    }

    /// What opens a vault with that key over its socket: one request, or one for each share.
    static func unsealRequests(
        _ credential: CredentialOptions, _ opening: OpeningOptions
    ) throws(CommandFailure) -> [Vault_V1_UnsealRequest] {
        var request = Vault_V1_UnsealRequest()
        if let path = opening.recoveryKey {
            request.recoveryKey = try RecoveryKeyFile.read(path).data()
        } else if let path = credential.keyfile {
            request.keyfile = try KeyFile.read(path).data()
        } else if let path = credential.passphraseFile {
            request.passphrase = try SecretFile.passphrase(at: path).data()
        } else {
            var requests: [Vault_V1_UnsealRequest] = []
            for (number, share) in opening.share.enumerated() {
                request.share = try OpeningOptions.text(of: share, number: number).data()
                requests.append(request)
            }
            return requests
        }
        return [request]
    }

    /// Whether the options name a key.
    static func isGiven(_ credential: CredentialOptions, _ opening: OpeningOptions) -> Bool {
        credential.passphraseFile != nil || credential.keyfile != nil
            || opening.recoveryKey != nil || !opening.share.isEmpty
    }

    private static func wiping(
        _ secret: consuming SecretBuffer,
        _ make: (inout [UInt8]) throws(SealError) -> Credential
    ) throws(CommandFailure) -> Credential {
        var bytes = secret.withBytes { Array($0) }
        do throws(SealError) { return try make(&bytes) } catch { throw CommandFailure(error) }
    }

    private static func shares(_ texts: [String]) throws(CommandFailure) -> Credential {
        var collector = ShareCollector()
        for (number, text) in texts.enumerated() {
            let secret = try OpeningOptions.text(of: text, number: number)
            let bytes = secret.withBytes { Array($0) }
            do throws(ShareError) {
                let share = try Self.share(bytes)
                if let credential = try collector.add(share) { return credential }
            } catch {
                throw CommandFailure(
                    .wrongKey, "share \(number + 1) is refused: \(error)",
                    nextStep: "check what was typed")
            }
        }
        let given = collector.progress
        throw CommandFailure(
            .wrongKey,
            "\(given?.given ?? 0) of \(given?.set.threshold ?? 0) shares are there",
            nextStep: "give as many as are needed, with --share for each")
    }

    private static func share(_ bytes: [UInt8]) throws(ShareError) -> Share {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer {
            copy.initializeMemory(as: UInt8.self, repeating: 0)
            copy.deallocate()
        }
        copy.copyBytes(from: bytes)
        return try Share(text: UnsafeRawBufferPointer(copy))
    }
}
