/// What the gatekeeper says of a call when its headers are there.
public enum Verdict {
    /// It goes on. What the gatekeeper found out about the caller is kept for it, for as long as it
    /// is new: see `UnaryCall.finding`.
    case admitted(_ finding: AnyObject? = nil)
    case refused(Status)

    /// Why it is refused; nil when it is not.
    public var refusal: Status? {
        switch self {
        case .admitted: nil
        case .refused(let status): status
        }
    }
}
