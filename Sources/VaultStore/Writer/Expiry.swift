/// What the writer knows of leases whose time is up.
enum Expiry {
    /// There are none.
    case done
    /// There may be more.
    case goesOn
    /// Some ended in a commit that clients waited for. There may be more, and the next write of
    /// a client, which takes some with it, may be near: it is given a moment to come first.
    case givesWay
}
