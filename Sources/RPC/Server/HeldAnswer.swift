/// An answer that waits until it is in the journal.
struct HeldAnswer {
    let connection: ServerConnection
    let slot: Int
    /// The stream of that slot may be another one by then.
    let streamID: Int32
    let result: UnaryResult
}
