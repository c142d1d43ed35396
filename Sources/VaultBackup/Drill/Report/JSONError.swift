/// Why text is not a JSON document of ours.
struct JSONError: Error, Equatable {
    /// What is wrong, for the end of a sentence: "the field seq is missing".
    var what: String
}
