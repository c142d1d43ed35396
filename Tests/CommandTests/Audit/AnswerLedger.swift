import RPC
import Synchronization
import VaultTestSupport

/// What clients asked and were answered, from their own point of view, to be held against an audit
/// log.
final class AnswerLedger: Sendable {
    struct Request: Hashable, Sendable {
        var method: String
        var key: String
        var user: String?
    }

    /// What must be in a line of the log. A vault that is sealed knows neither keys nor users.
    private struct Answer: Hashable {
        var method: String
        var status: String
        var key: String?
        var user: String?
    }

    private struct State {
        var attempts: [String: Int] = [:]
        var answers: [Answer: Int] = [:]
        var answerCount = 0
    }

    private let state = Mutex(State())

    var answerCount: Int { state.withLock { $0.answerCount } }
    var statuses: Set<String> { state.withLock { Set($0.answers.keys.map(\.status)) } }

    func attempt(_ request: Request) {
        state.withLock { $0.attempts[request.method, default: 0] += 1 }
    }

    /// Notes an answer; nil when the server gave none.
    func answered(_ request: Request, _ answer: Result<[UInt8], Status>) -> String? {
        let status: String
        switch answer {
        case .success: status = "OK"
        case .failure(let failure):
            guard ["vaultd: ", "etcdserver: "].contains(where: failure.message.hasPrefix) else {
                return nil
            }
            switch failure.code {
            case .permissionDenied: status = "PERMISSION_DENIED"
            case .unavailable: status = "UNAVAILABLE"
            case .unauthenticated: status = "UNAUTHENTICATED"
            default: status = "OTHER"
            }
        }
        let isKnown = status == "OK"
        let answer = Answer(
            method: request.method, status: status, key: isKnown ? request.key : nil,
            user: isKnown || status == "PERMISSION_DENIED" ? request.user : nil)
        state.withLock { state in
            state.answers[answer, default: 0] += 1
            state.answerCount += 1
        }
        return status
    }

    /// What is missing in the log, or too much; empty when all is well. `hashes` are those that
    /// stand in the log for the keys.
    func complaints(_ lines: [LoggedLine], hashes: [String: String]) -> [String] {
        let keys = Dictionary(uniqueKeysWithValues: hashes.map { ($1, $0) })
        var logged: [Answer: Int] = [:]
        var loggedByMethod: [String: Int] = [:]
        for line in lines {
            guard let method = line.method, let status = line.status else { continue }
            let isKnown = status == "OK"
            let answer = Answer(
                method: method, status: status,
                key: isKnown ? line.key.map { keys[$0] ?? $0 } : nil,
                user: isKnown || status == "PERMISSION_DENIED" ? line.user : nil)
            logged[answer, default: 0] += 1
            loggedByMethod[method, default: 0] += 1
        }
        return state.withLock { state in
            // What was answered while the vault was sealed is there, without the name of its key.
            func nameless(_ answer: Answer) -> Int {
                logged[Answer(method: answer.method, status: answer.status, user: answer.user)] ?? 0
            }
            let missing = state.answers
                .filter { $0.value > logged[$0.key, default: 0] + nameless($0.key) }
                .map { "\($0.key) was answered \($0.value) times: \(logged[$0.key, default: 0])" }
            let invented = state.attempts.filter { $0.value < loggedByMethod[$0.key, default: 0] }
                .map { "\($0.key) was asked \($0.value) times: \(loggedByMethod[$0.key] ?? 0)" }
            return missing + invented
        }
    }
}
