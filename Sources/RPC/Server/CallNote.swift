/// What a handler wants the journal to know of a call.
public protocol CallNote: AnyObject {}
