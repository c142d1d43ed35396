import RPC
import VaultAPI

/// How often a run met each kind of answer, so that a generator that only makes refusals, or a
/// server that is gone, is noticed.
struct Tally: CustomStringConvertible {
    private(set) var answers: [String: Int] = [:]
    private(set) var explained: [String: Int] = [:]

    mutating func add(_ request: KVRequest, _ answer: KVAnswer) {
        if case .failure(let status) = answer {
            answers["\(status.code.rawValue) \(status.message.prefix(60))", default: 0] += 1
        } else {
            answers["\(request.method.name) ok", default: 0] += 1
        }
    }

    mutating func addExplained(_ reason: String) { explained[reason, default: 0] += 1 }

    mutating func add(_ other: Tally) {
        answers.merge(other.answers, uniquingKeysWith: +)
        explained.merge(other.explained, uniquingKeysWith: +)
    }

    /// Answers of this kind.
    func count(_ kind: String) -> Int { answers[kind] ?? 0 }

    var description: String {
        let lines =
            answers.sorted { $0.value > $1.value }.map { "\($0.value) x \($0.key)" }
            + explained.map { "\($0.value) x known difference: \($0.key)" }
        return lines.joined(separator: "\n")
    }
}
