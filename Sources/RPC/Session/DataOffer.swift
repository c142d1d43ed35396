/// What a stream has to send right now.
enum DataOffer {
    /// Nothing now: ask again after `Session.resume`.
    case later
    /// This many bytes, and more to come.
    case bytes(Int)
    /// The last bytes (maybe none) of a response; a trailer block with this status follows, and
    /// when the client has not ended its side, a reset that tells it not to go on.
    case lastBeforeTrailers(Int, Status, resets: Bool)
    /// The last bytes (maybe none) of a request, which ends with them.
    case last(Int)
}
