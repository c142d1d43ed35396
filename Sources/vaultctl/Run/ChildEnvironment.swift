import Glibc

/// The environment of a program that is started: this one's, and secrets. Values are bytes, not
/// text, so they do not pass through a `String`.
struct ChildEnvironment: ~Copyable {
    /// Linux takes no single string of an environment that is longer (MAX_ARG_STRLEN).
    static let variableBytesMax = 128 * 1024

    /// `NAME=value` each, and nil behind the last one, as execve(2) takes them.
    private(set) var pointers: [UnsafeMutablePointer<CChar>?]

    /// - Parameter names: variables that will be added, so that there are not two of one name.
    init(without names: [String]) {
        pointers = []
        var index = 0
        while let variable = environ[index] {
            index += 1
            let isReplaced = names.contains { name in
                strncmp(variable, name + "=", name.utf8.count + 1) == 0
            }
            if !isReplaced { pointers.append(strdup(variable)) }
        }
        pointers.append(nil)
    }

    deinit {
        // Our own `free` zeroes what it takes back.
        for pointer in pointers { free(pointer) }
    }

    mutating func add(
        _ value: [UInt8], for binding: SecretBinding
    ) throws(CommandFailure) {
        let key = KeyName.shown(binding.key)
        guard !value.contains(0) else {
            throw CommandFailure(
                .failed, "the value of \(key) has a zero byte, which no variable can have",
                nextStep: "have the program read it with 'vaultctl get \(key) --raw'")
        }
        let name = Array(binding.name.utf8) + [UInt8(ascii: "=")]
        let count = name.count + value.count + 1
        guard count <= Self.variableBytesMax else {
            throw CommandFailure(
                .failed,
                "the value of \(key) is too large for a variable "
                    + "(\(Quantity.bytes(Int64(value.count))), the system takes 128.0 KiB "
                    + "with the name)",
                nextStep: "have the program read it with 'vaultctl get \(key) --raw'")
        }
        let variable = UnsafeMutablePointer<CChar>(
            OpaquePointer(malloc(count)))
        guard let variable else { throw CommandFailure(.failed, "no memory") }
        for (index, byte) in (name + value).enumerated() {
            variable[index] = CChar(bitPattern: byte)
        }
        variable[count - 1] = 0
        pointers.insert(variable, at: pointers.count - 1)
    }

    /// Adds a variable that is no secret, and was left out before.
    mutating func set(_ name: String, _ text: String) {
        pointers.insert(strdup("\(name)=\(text)"), at: pointers.count - 1)
    }
}
