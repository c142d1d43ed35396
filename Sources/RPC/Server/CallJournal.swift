/// Keeps account of unary calls and refusals of one event loop, before their answers leave.
///
/// Answers are held back until `commit` has returned: it is called once for all that are ready to
/// leave together. Every method is called on the event loop.
public protocol CallJournal: AnyObject {
    /// A unary call is about to be answered.
    func answered(_ call: UnaryCall, _ status: Status)

    /// A call is refused before a handler saw it: by the gatekeeper, because its method does not
    /// exist, or because it is malformed.
    /// Returns how it is answered: as `status` says, or that there were too many before it.
    func refused(path: String, caller: Caller, _ status: Status) -> Status

    /// Writes down what was said since the last time. Returns what all of these calls are answered
    /// instead when that cannot be done, and nil when it was.
    func commit() -> Status?
}
