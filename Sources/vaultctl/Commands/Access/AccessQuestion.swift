import ArgumentParser
import FoundationEssentials
import VaultAPI

/// Whether somebody may do something: `[PRINCIPAL...] read|write|get KEY`, as `can` and
/// `policy explain` take it.
struct AccessQuestion: ParsableArguments {
    static let usage = "read|write|get KEY " + RangeOptions.usage

    @Argument(
        help: ArgumentHelp(
            "Principals or a user with a password; read, write or get; and the key's name.",
            valueName: "who... what key"),
        completion: .custom(UserCompletion.question))
    var words: [String]

    @OptionGroup var keys: RangeOptions

    func validate() throws { _ = try parsed() }

    /// Who asks for what. Nobody is named for the caller.
    func parsed() throws(CommandFailure) -> (who: [String], need: AccessNeed) {
        guard words.count >= 2 else {
            throw CommandFailure(
                .usage, "an action and a key are missing",
                nextStep: "end with read, write or get, and the name of a key")
        }
        let word = words[words.count - 2]
        guard let action = AccessAction(rawValue: word) else {
            throw CommandFailure(
                .usage, "'\(KeyName.shown(word))' is not read, write or get",
                nextStep: "put one of them before the key")
        }
        let who = Array(words.dropLast(2))
        for name in who { try PrincipalName.checkUser(name) }
        let range = try keys.range(from: words[words.count - 1])
        return (who, AccessNeed(action: action, range: range))
    }

    static func request(_ who: [String], _ need: AccessNeed) -> Vault_V1_ExplainRequest {
        var request = Vault_V1_ExplainRequest()
        request.principals = who
        request.action = need.action.message
        request.key = Data(need.range.key)
        request.rangeEnd = Data(need.range.end)
        return request
    }
}
