/// The bytes are not a protobuf message of the expected kind: truncated, an overlong number, or a
/// wire type that protobuf does not define.
struct WireError: Error, Equatable, Sendable {
    /// What is wrong, without any of the bytes.
    var reason: String
}
