/// What happens in place of a call.
enum Intervention {
    /// Nothing is done, and this `errno` is the answer.
    case fail(Int32)
    /// A write of this many bytes at most.
    case short(Int)
    /// Nothing is done, and success is the answer.
    case pretend
}
