/// The first answer that was not equal.
struct Divergence: CustomStringConvertible {
    /// Replays the run: `VAULT_SEED=<seed> make test`.
    let seed: UInt64
    /// Which request of the run it was, from 0.
    let index: Int
    /// The requests up to the one whose answers differ, shrunk if that was possible.
    var requests: [KVRequest]
    let oracle: KVAnswer
    let subject: KVAnswer

    var description: String {
        // Requests before the last only set the scene; the last few tell most.
        let scene = requests.dropLast().suffix(12).map(\.text).joined(separator: "\n")
        return """
            seed \(seed), operation \(index): the answers differ (replay with VAULT_SEED=\(seed))
            --- the last of \(requests.count - 1) requests before it
            \(scene)
            --- request
            \(requests.last?.text ?? "")
            --- etcd answered
            \(oracle.text)
            --- vaultd answered
            \(subject.text)
            """
    }
}
