import Sodium

/// A share as it is printed, in guarded memory: ASCII, shown once.
public final class ShareText: Sendable {
    private let text: SecretBytes

    init(_ text: consuming SecretBytes) {
        self.text = text
    }

    /// Lends the characters. Whoever copies them wipes the copy.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        text.withBytes(body)
    }
}
