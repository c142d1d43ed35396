/// Why the system's user and group databases gave no answer. That there is no such name is none of
/// these.
public enum AccountNamesError: Error, Hashable, Sendable {
    /// A database could not be asked: a directory service that is away, say. Ask again later; until
    /// then nobody knows whether there is such a name.
    case system(errno: Int32)
    /// The entry is longer than 4 MiB. Look at what the database says of it.
    case entryTooLarge
}
