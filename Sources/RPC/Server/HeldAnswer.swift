/// An answer that waits until it is in the journal; what it says is on its stream already.
struct HeldAnswer {
    let slot: Int
    /// The stream of that slot may be another one by then.
    let streamID: Int32
}
