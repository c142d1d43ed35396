/// Why text is not a JSON document of ours.
package struct JSONError: Error, Equatable {
    /// What is wrong, for the end of a sentence: "the field seq is missing".
    package var what: String
}
