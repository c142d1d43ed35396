/// A path, and what may be done with it and all below.
struct PathRule: Equatable, Sendable {
    var path: String
    var rights: FileRights
}
