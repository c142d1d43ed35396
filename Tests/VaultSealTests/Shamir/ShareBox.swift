import VaultSeal

/// Carries a share out of a `Result`, which takes no value that cannot be copied.
final class ShareBox {
    private var share: Share?

    init(_ share: consuming Share) {
        self.share = .some(share)
    }

    func take() -> Share {
        guard let share = share.take() else { preconditionFailure("it is taken once") }
        return share
    }
}
