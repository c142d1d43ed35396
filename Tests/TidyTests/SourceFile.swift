import VaultTestSupport

/// A Swift file, as text: what the tidy rules look at.
struct SourceFile: Sendable {
    /// Relative to the root of the checkout.
    let path: String
    let lines: [String]

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    /// All Swift files below these directories, without generated code.
    static func all(below directories: [String]) throws -> [SourceFile] {
        try directories.flatMap { directory in
            try Files.allFiles(below: "\(SourceTree.root)/\(directory)")
        }.filter { $0.hasSuffix(".swift") && !$0.contains("/Generated/") }.map { path in
            SourceFile(
                path: String(path.dropFirst(SourceTree.root.count + 1)),
                text: try Files.text(path))
        }
    }

    /// `Sources/<target>/...` or `Tests/<target>/...`.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// `Store+Range` of `Sources/VaultStore/Reading/Store+Range.swift`.
    var baseName: String {
        String(path.split(separator: "/").last?.dropLast(".swift".count) ?? "")
    }

    /// The modules that the file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let keyword = words.firstIndex(of: "import"), keyword <= 1,
                // A help text may begin with `vaultctl import`.
                keyword + 1 < words.count, words[0] != "vaultctl"
            else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "var"]
            let name = kinds.contains(words[keyword + 1]) ? words.last ?? "" : words[keyword + 1]
            return name.split(separator: ".").first.map(String.init)
        }
    }

    /// Every function, initialiser and accessor block: where it begins and how many lines it has.
    /// Formatted code closes a declaration with a brace at the declaration's own indentation.
    var functions: [(line: Int, count: Int)] {
        lines.indices.compactMap { start in
            let line = lines[start]
            guard SourceFile.beginsFunction(line) else { return nil }
            let indentation = line.prefix { $0 == " " }
            guard
                let end = lines[(start + 1)...].firstIndex(where: {
                    $0 == indentation + "}" || ($0.hasPrefix(indentation + "}"))
                })
            else { return nil }
            return (start + 1, end - start + 1)
        }
    }

    private static func beginsFunction(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        guard let first = words.first, !first.hasPrefix("//") else { return false }
        // A whole declaration on one line has no end to look for.
        if line.hasSuffix("}") { return false }
        return words.contains("func") || words.contains { $0.hasPrefix("init(") || $0 == "deinit" }
    }

    /// The names of the types declared outside of all others.
    var topLevelTypes: [String] {
        let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "actor"]
        return lines.compactMap { line in
            guard let first = line.first, first.isLetter || first == "@" else { return nil }
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            guard !words.contains("extension"), !words.contains("import") else { return nil }
            return zip(words, words.dropFirst()).first { keywords.contains($0.0) }.map {
                String($0.1)
            }
        }
    }

    /// True when functions are declared outside of all types.
    var hasFreeFunctions: Bool {
        lines.contains { $0.hasPrefix("func ") || $0.hasPrefix("public func ") }
    }

    /// The numbers of the lines that contain `text` outside comments, as a word of its own:
    /// `Entry?` is not `try?`.
    func lineNumbers(containing text: String) -> [Int] {
        lines.indices.filter { index in
            let code = lines[index]
            guard let found = code.firstRange(of: text) else { return false }
            if code[..<found.lowerBound].last?.isLetter ?? false { return false }
            let comment = code.firstRange(of: "//")
            return comment.map { found.lowerBound < $0.lowerBound } ?? true
        }.map { $0 + 1 }
    }
}
