/// One field of a JSON object.
package struct JSONMember: Equatable {
    package var name: String
    package var value: JSONValue
}
