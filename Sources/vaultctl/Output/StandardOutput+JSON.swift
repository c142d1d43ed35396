extension StandardOutput {
    /// The end of a document, with the newline that ends the output.
    mutating func write(document json: inout JSONWriter) throws(CommandFailure) {
        try write(json.take())
        try write("\n")
    }
}
