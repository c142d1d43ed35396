/// Names and values below each other, for one thing with many properties.
struct FieldList {
    private var fields: [(name: String, value: String)] = []

    /// An empty name continues the field above.
    mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    func rendered() -> String {
        let width = fields.map(\.name.count).max() ?? 0
        return fields.reduce(into: "") { text, field in
            let padding = String(repeating: " ", count: width - field.name.count)
            text += field.name + padding + "  " + field.value + "\n"
        }
    }
}
