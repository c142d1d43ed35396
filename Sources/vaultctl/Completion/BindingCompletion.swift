/// `NAME=KEY` for the shell's completion: the keys behind the sign.
enum BindingCompletion {
    static func bindings(
        _ arguments: [String], _ index: Int, _ prefix: String
    ) async -> [String] {
        // bash takes `NAME`, `=` and what follows for three words.
        if index > 0, index <= arguments.count, arguments[index - 1] == "=" {
            return await KeyCompletion.names(arguments, index, prefix)
        }
        guard let sign = prefix.firstIndex(of: "=") else { return [] }
        let key = String(prefix[prefix.index(after: sign)...])
        return await KeyCompletion.names(arguments, index, key).map { prefix[...sign] + $0 }
    }
}
