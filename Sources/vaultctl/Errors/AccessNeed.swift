import Glibc

/// What somebody has to be allowed for a command, so that a refusal can say what to ask for.
struct AccessNeed: Equatable {
    let action: AccessAction
    let range: KeyRange

    /// The error with a next step that an administrator can type, when it says that the caller may
    /// not do what the command needs; otherwise the error as it is.
    ///
    /// - Parameters:
    ///   - user: who is logged in with a password, if anybody is.
    ///   - userID: whom the kernel sees.
    static func explaining(
        _ error: any Error, needs: [AccessNeed], user: String?, userID: UInt32 = geteuid()
    ) -> any Error {
        guard let failure = CommandFailure(anyOf: error), failure.status == .denied,
            failure.message.hasSuffix("permission denied"), !needs.isEmpty
        else { return error }
        let commands = needs.map { need in
            let what = "\(need.action.rawValue) \(need.range.words)"
            return user == nil
                ? "vaultctl allow uid:\(userID) \(what)" : "vaultctl role grant ROLE \(what)"
        }
        let whose = user.map { ", with a ROLE of user \(KeyName.shown($0))" } ?? ""
        return CommandFailure(
            .denied, failure.message,
            nextStep: "ask an administrator for: \(commands.joined(separator: "; "))\(whose)")
    }
}
