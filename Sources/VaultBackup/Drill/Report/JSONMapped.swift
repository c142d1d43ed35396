/// A type whose fields are named once, for writing and for reading alike.
protocol JSONMapped {
    init()
    /// Gives every field to `fields`, in the order of the document.
    mutating func map(_ fields: inout JSONFields) throws(JSONError)
}

extension JSONMapped {
    /// The document.
    var json: JSONValue {
        var copy = self
        var fields = JSONFields(writing: ())
        do throws(JSONError) { try copy.map(&fields) } catch {
            preconditionFailure("writing does not fail: \(error.what)")
        }
        return fields.document
    }

    /// Reads a document; what it has more than these fields is passed over.
    init(json: JSONValue) throws(JSONError) {
        self.init()
        var fields = JSONFields(reading: json)
        try map(&fields)
    }
}
