/// A named table of the file.
public struct Table: Hashable, Sendable {
    let number: UInt32
}
