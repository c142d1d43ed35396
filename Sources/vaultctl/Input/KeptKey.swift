import FoundationEssentials
import VaultAPI
import VaultBackup
import VaultSeal

/// A key that was read once and is used several times: for archives, for a restored vault, and for
/// restores in processes of their own.
final class KeptKey: Sendable {
    /// What it is: each opens slots of its own kind.
    enum Kind: Sendable { case recoveryKey, keyfile, passphrase, shares }

    let kind: Kind
    /// One, or one for each share.
    private let secrets: [KeptSecret]

    private init(_ kind: Kind, _ secrets: [KeptSecret]) {
        self.kind = kind
        self.secrets = secrets
    }

    /// A key of one part.
    convenience init(_ kind: Kind, _ secret: consuming SecretBuffer) {
        self.init(kind, [KeptSecret(secret)])
    }

    /// Shares, as they were typed.
    convenience init(shares: [KeptSecret]) {
        self.init(.shares, shares)
    }

    /// Reads what the options name; asks for a passphrase when they name nothing.
    static func read(
        _ credential: CredentialOptions, _ opening: OpeningOptions
    ) throws(CommandFailure) -> KeptKey {
        if let path = opening.recoveryKey {
            return KeptKey(.recoveryKey, try RecoveryKeyFile.read(path))
        }
        if let path = credential.keyfile { return KeptKey(.keyfile, try KeyFile.read(path)) }
        if !opening.share.isEmpty {
            var shares: [KeptSecret] = []
            for (number, share) in opening.share.enumerated() {
                shares.append(KeptSecret(try OpeningOptions.text(of: share, number: number)))
            }
            return KeptKey(shares: shares)
        }
        if let path = credential.passphraseFile {
            return KeptKey(.passphrase, try SecretFile.passphrase(at: path))
        }
        try CredentialOptions.requireTerminal()
        return KeptKey(
            .passphrase,
            try Prompt.secret("passphrase", limit: SecretFile.passphraseBytesMax))
    }

    /// Whether the options name a key.
    static func isGiven(_ credential: CredentialOptions, _ opening: OpeningOptions) -> Bool {
        credential.passphraseFile != nil || credential.keyfile != nil
            || opening.recoveryKey != nil || !opening.share.isEmpty
    }

    /// What opens archives and keyrings.
    func credential() throws(CommandFailure) -> Credential {
        if kind == .shares { return try sharesCredential() }
        var bytes = secrets[0].buffer.withBytes { Array($0) }
        do throws(SealError) {
            switch kind {
            case .recoveryKey: return try .recoveryKey(wiping: &bytes)
            case .keyfile: return try .keyfile(wiping: &bytes)
            case .passphrase, .shares: return try .passphrase(wiping: &bytes)
            }
        } catch { throw CommandFailure(error) }
    }

    private func sharesCredential() throws(CommandFailure) -> Credential {
        var collector = ShareCollector()
        for (number, secret) in secrets.enumerated() {
            do throws(ShareError) {
                if let credential = try collector.add(try secret.share()) { return credential }
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

    /// What opens a vault over its socket: one request, or one for each share.
    func unsealRequests() -> [Vault_V1_UnsealRequest] {
        secrets.map { secret in
            var request = Vault_V1_UnsealRequest()
            let data = secret.buffer.data()
            switch kind {
            case .recoveryKey: request.recoveryKey = data
            case .keyfile: request.keyfile = data
            case .passphrase: request.passphrase = data
            case .shares: request.share = data
            }
            return request
        }
    }

    /// This program's restore, with this key.
    func restoreProgram(_ path: String) -> RestoreProgram {
        let arguments =
            switch kind {
            case .recoveryKey: ["--recovery-key", "-"]
            case .keyfile: ["--keyfile", "-"]
            case .passphrase: ["--passphrase-file", "-"]
            case .shares: secrets.flatMap { _ in ["--share", "-"] }
            }
        let secrets = secrets
        let isLines = kind == .shares
        return RestoreProgram(path: path, keyArguments: arguments) { descriptor in
            for secret in secrets { secret.write(to: descriptor, asLine: isLines) }
        }
    }
}
