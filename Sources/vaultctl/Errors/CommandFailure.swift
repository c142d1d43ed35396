import VaultClient

/// Why a command did not do its work: one line, and the status to exit with.
struct CommandFailure: Error, Equatable {
    let status: ExitStatus
    /// What happened: lower case, no final period, never a secret.
    let message: String
    /// What to do about it.
    let nextStep: String

    init(_ status: ExitStatus, _ message: String, nextStep: String = "") {
        self.status = status
        self.message = message
        self.nextStep = nextStep
    }

    init(_ error: VaultClientError) {
        // What the vault says may end with the next step already, which is said once.
        let known = "restore a backup"
        let isTold = error.message.hasSuffix(known) && error.nextStep.hasPrefix(known)
        self.init(
            ExitStatus(error.category),
            isTold ? error.message + error.nextStep.dropFirst(known.count) : error.message,
            nextStep: isTold ? "" : error.nextStep)
    }

    /// What an error of ours or of the vault says; nil for any other.
    init?(anyOf error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as VaultClientError: self.init(error)
        default: return nil
        }
    }

    /// A sentence of another library, as part of ours.
    static func lowercasedFirst(_ sentence: String) -> String {
        var text = sentence
        while text.last == "." { text.removeLast() }
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension CommandFailure: CustomStringConvertible {
    var description: String { nextStep.isEmpty ? message : "\(message); \(nextStep)" }
}
