import ArgumentParser
import VaultAccess

/// PRINCIPAL, action and keys, as `allow` and `deny` take them.
struct GrantArguments: ParsableArguments {
    static let usage = "PRINCIPAL read|write|get KEY... " + RangeOptions.usage

    @Argument(
        help: "uid:N, user:NAME, gid:N, group:NAME or unit:NAME.service.",
        completion: .custom(UserCompletion.principals))
    var principal: String

    @Argument(help: "read: values and names; write: put and delete; get: what can be named.")
    var action: AccessAction

    @Argument(
        help: ArgumentHelp("The names of keys, or where ranges begin.", valueName: "key"),
        completion: .custom(KeyCompletion.names))
    var names: [String]

    @OptionGroup var keys: RangeOptions

    func validate() throws {
        _ = try PrincipalName.parse(principal)
        _ = try ranges()
    }

    func ranges() throws(CommandFailure) -> [KeyRange] {
        var ranges: [KeyRange] = []
        for name in names { ranges.append(try keys.range(from: name)) }
        return ranges
    }

    /// As fields of an object that is open.
    func write(_ range: KeyRange, to json: inout JSONWriter) {
        json.field("principal", principal)
        json.field("action", action.rawValue)
        range.write(to: &json)
    }

    /// Changes the rules for one range after the other, and reports each: lines for people, and for
    /// programs the object of one, or of several as the `rules` of an object.
    func change<Answer>(
        _ format: OutputFormat, _ output: inout StandardOutput,
        by change: (KeyRange) async throws -> Answer, sentence: (KeyRange, Answer) -> String,
        json fields: (KeyRange, Answer, inout JSONWriter) -> Void
    ) async throws {
        let ranges = try ranges()
        ranges.forEach(RangeOptions.noteIfEverything)
        var done: [(range: KeyRange, answer: Answer)] = []
        do {
            for range in ranges {
                done.append((range, try await change(range)))
                guard format == .table, let last = done.last else { continue }
                try output.write(sentence(last.range, last.answer) + "\n")
            }
        } catch {
            // What is done stays so, and was said.
            try output.flush()
            guard !done.isEmpty, let failure = CommandFailure(anyOf: error) else { throw error }
            throw CommandFailure(
                failure.status, "\(failure.message), after \(done.count) of \(ranges.count) rules",
                nextStep: failure.nextStep)
        }
        guard format == .json else { return }
        var json = JSONWriter()
        if done.count == 1 {
            json.object { fields(done[0].range, done[0].answer, &$0) }
        } else {
            json.object {
                $0.field("rules") { rules in
                    for rule in done { rules.object { fields(rule.range, rule.answer, &$0) } }
                }
            }
        }
        try output.write(document: &json)
    }
}
