import Sodium
import Synchronization
import VaultSeal

/// A share on its way to the thread that uses it, once; wiped with the last reference.
final class ShareBox: Sendable {
    let set: ShareSet
    let index: UInt8
    private let share: Mutex<Share?>

    /// Reads a share as it was typed, and zeroes the text.
    init(text: inout [UInt8]) throws(VaultError) {
        var share: Share?
        var failure = ShareError.malformed
        text.withUnsafeBytes { text in
            do throws(ShareError) { share = try Share(text: text) } catch { failure = error }
        }
        wipe(&text)
        guard let share = share.take() else { throw .share(failure) }
        set = share.set
        index = share.index
        self.share = Mutex(share)
    }

    /// The share, for whoever asks first.
    func take() -> Share? {
        share.withLock { $0.take() }
    }
}
