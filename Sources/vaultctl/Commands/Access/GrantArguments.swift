import ArgumentParser
import VaultAccess

/// PRINCIPAL, action and KEY, as `allow` and `deny` take them.
struct GrantArguments: ParsableArguments {
    static let usage = "PRINCIPAL read|write|get KEY " + RangeOptions.usage

    @Argument(
        help: "uid:N, user:NAME, gid:N, group:NAME or unit:NAME.service.",
        completion: .custom(UserCompletion.principals))
    var principal: String

    @Argument(help: "read: values and names; write: put and delete; get: what can be named.")
    var action: AccessAction

    @Argument(
        help: "The key's name, or where a range begins.",
        completion: .custom(KeyCompletion.names))
    var key: String

    @OptionGroup var keys: RangeOptions

    func validate() throws {
        _ = try PrincipalName.parse(principal)
        _ = try range()
    }

    func range() throws(CommandFailure) -> KeyRange { try keys.range(from: key) }

    /// As fields of an object that is open.
    func write(_ range: KeyRange, to json: inout JSONWriter) {
        json.field("principal", principal)
        json.field("action", action.rawValue)
        range.write(to: &json)
    }
}
