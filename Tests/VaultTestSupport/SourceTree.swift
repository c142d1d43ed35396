/// The checkout that the tests were built from.
public enum SourceTree {
    /// The directory of `Package.swift`.
    public static var root: String {
        // <root>/Tests/VaultTestSupport/SourceTree.swift
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
    }
}
