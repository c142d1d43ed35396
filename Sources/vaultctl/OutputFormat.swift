import ArgumentParser

/// What is written to standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people; its shape may change.
    case table
    /// One document for programs.
    case json
}
