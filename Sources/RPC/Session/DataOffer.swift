/// What a stream has to send right now.
enum DataOffer {
    /// Nothing now: ask again after `Session.resume`.
    case later
    /// This many bytes, and more to come.
    case bytes(Int)
    /// The last bytes (maybe none) of a response; a trailer block with this status follows.
    case lastBeforeTrailers(Int, Status)
    /// The last bytes (maybe none) of a request, which ends with them.
    case last(Int)
}
