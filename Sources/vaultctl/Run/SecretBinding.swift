/// `NAME=KEY`: the variable that gets the value of a key.
struct SecretBinding: Equatable {
    let name: String
    let key: String

    static func parse(_ texts: [String]) throws(CommandFailure) -> [SecretBinding] {
        guard !texts.isEmpty else {
            throw CommandFailure(
                .usage, "no secret is named", nextStep: "name each one with --env NAME=KEY")
        }
        guard texts.count <= SecretReader.keysMax else {
            throw CommandFailure(
                .usage, "\(texts.count) secrets are more than \(SecretReader.keysMax)",
                nextStep: "have the program read them itself")
        }
        var names: Set<String> = []
        var bindings: [SecretBinding] = []
        for text in texts {
            let binding = try SecretBinding(text)
            guard names.insert(binding.name).inserted else {
                throw CommandFailure(
                    .usage, "the variable \(binding.name) is named twice",
                    nextStep: "give each secret a variable of its own")
            }
            bindings.append(binding)
        }
        return bindings
    }

    private init(_ text: String) throws(CommandFailure) {
        // The key may have further signs of equality in it, a variable's name cannot.
        guard let sign = text.firstIndex(of: "=") else {
            throw CommandFailure(
                .usage, "--env \(KeyName.shown(text)) does not say which variable and which key",
                nextStep: "write --env NAME=KEY")
        }
        name = String(text[..<sign])
        key = String(text[text.index(after: sign)...])
        guard Self.isName(name) else {
            throw CommandFailure(
                .usage, "'\(KeyName.shown(name))' cannot be the name of a variable",
                nextStep: "use letters, digits and _, and no digit first")
        }
        try KeyName.check(key)
    }

    /// What every shell takes for a name.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
