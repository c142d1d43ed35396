/// One field of a JSON object.
struct JSONMember: Equatable {
    var name: String
    var value: JSONValue
}
