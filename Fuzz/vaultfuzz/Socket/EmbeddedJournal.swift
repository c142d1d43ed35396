@testable import RPC

/// Keeps no books, but has answers held back as a real journal does.
final class EmbeddedJournal: CallJournal {
    func answered(_ call: UnaryCall, _ status: Status) {}
    func refused(path: String, caller: Caller, _ status: Status) -> Status { status }
    func commit() -> Status? { nil }
}
