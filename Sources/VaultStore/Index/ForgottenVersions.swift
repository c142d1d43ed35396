/// The oldest versions of a key, which go from the index when the log is durable without them.
struct ForgottenVersions {
    var entry: IndexEntry
    var count: Int

    var positions: [LogPosition] { (0..<count).map { entry[$0] } }
}
