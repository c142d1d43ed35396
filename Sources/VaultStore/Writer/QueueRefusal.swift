/// Why a `WorkQueue` does not take something.
enum QueueRefusal: Error {
    case full, closed
}
