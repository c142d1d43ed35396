/// An answer that waits until it is in the journal; its message is on its stream already.
struct HeldAnswer {
    let connection: ServerConnection
    let slot: Int
    /// The stream of that slot may be another one by then.
    let streamID: Int32
    /// How the call failed; nil when it did not.
    let failure: Status?
}
