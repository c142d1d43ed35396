/// `NAME=KEY` for the shell's completion: the keys behind the sign.
enum BindingCompletion {
    static func bindings(
        _ arguments: [String], _ index: Int, _ prefix: String
    ) async -> [String] {
        guard let sign = prefix.firstIndex(of: "=") else { return [] }
        let key = String(prefix[prefix.index(after: sign)...])
        return await KeyCompletion.names(arguments, index, key).map { prefix[...sign] + $0 }
    }
}
