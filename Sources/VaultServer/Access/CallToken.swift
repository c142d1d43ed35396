import RPC

/// The token of a call, where etcd looks for it: under `token`, or else under `authorization`,
/// where libraries put the word "Bearer" before it.
enum CallToken {
    /// Whether the call has one: cheaper to ask than to borrow what mostly is not there.
    static func isIn(_ metadata: Metadata) -> Bool {
        metadata.has("token") || metadata.has("authorization")
    }

    /// Lends it as it came; nil when the call has none. What stands under either name is a token,
    /// if not a good one: who shows one that is none is not the peer instead.
    static func withBytes<R>(
        in metadata: Metadata, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R? {
        metadata.withFirstValue(of: "token", body)
            ?? metadata.withFirstValue(of: "authorization") { body(withoutScheme($0)) }
    }

    /// The same as text; empty when there is none.
    static func text(in metadata: Metadata) -> String {
        withBytes(in: metadata) { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func withoutScheme(
        _ value: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let scheme = "Bearer ".utf8
        guard value.starts(with: scheme) else { return value }
        return UnsafeRawBufferPointer(rebasing: value.dropFirst(scheme.count))
    }
}
