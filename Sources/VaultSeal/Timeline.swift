/// One life of a vault between restores.
public struct Timeline: Hashable, Sendable {
    /// 1 at init, one more for every restore.
    public let number: UInt32
    /// Random, so that two restores of one backup differ although both have the same number.
    public let nonce: UInt64

    /// Names a timeline; `number` is 1 or more.
    public init(number: UInt32, nonce: UInt64) {
        self.number = number
        self.nonce = nonce
    }
}
