@testable import VaultBackup

/// A field of a line. Texts are compared by their bytes: Swift takes different ones for the same.
struct AuditField: Equatable {
    enum Value: Equatable {
        case text([UInt8])
        case number(Int64)
        case operations([[AuditField]])
        case other
    }

    var name: String
    var value: Value

    init(name: String, value: Value) {
        (self.name, self.value) = (name, value)
    }

    init(_ member: JSONMember) {
        name = member.name
        value =
            switch member.value {
            case .string(let text): .text(Array(text.utf8))
            case .number(let number): .number(number)
            case .array(let values): .operations(values.map(Self.fields(of:)))
            case .null, .boolean, .object: .other
            }
    }

    /// Those of an object, in their order.
    static func fields(of value: JSONValue) -> [AuditField] {
        guard case .object(let members) = value else {
            return [AuditField(name: "no object", value: .other)]
        }
        return members.map(AuditField.init)
    }
}
