/// A line of the report: one measure of both servers.
struct Row {
    let name: String
    let unit: String
    let vaultd: Double
    /// Nil where etcd has no such thing.
    let etcd: Double?
    /// What the project wants, in words.
    let target: String

    /// vaultd over etcd.
    var ratio: Double? { etcd.flatMap { $0 > 0 ? vaultd / $0 : nil } }
}
