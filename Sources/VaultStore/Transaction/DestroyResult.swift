/// What the destruction of a key removed.
public struct DestroyResult: Equatable, Sendable {
    /// The revision of the deletion that watchers see; the store's when the key was deleted
    /// already.
    public var revision: Revision
    /// Versions that were removed, deletions among them.
    public var versions: Int64
}
