/// A line of expected output with `<name>` placeholders.
struct LinePattern {
    private enum Part: Equatable {
        case text(String)
        case placeholder(String)
    }

    private var parts: [Part] = []

    init(_ line: String) {
        var rest = line[...]
        while let open = rest.firstIndex(of: "<"),
            let close = rest[open...].firstIndex(of: ">")
        {
            let name = rest[rest.index(after: open)..<close]
            if name.isEmpty || !name.allSatisfy({ $0.isLetter }) {
                parts.append(.text(String(rest[...open])))
                rest = rest[rest.index(after: open)...]
                continue
            }
            parts.append(.text(String(rest[..<open])))
            parts.append(.placeholder(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        parts.append(.text(String(rest)))
    }

    /// True when `line` is what the pattern says; `names` gains what its placeholders stood for.
    func matches(_ line: String, names: inout [String: String]) -> Bool {
        guard let found = match(parts[...], line[...], names) else { return false }
        names = found
        return true
    }

    private func match(
        _ parts: ArraySlice<Part>, _ line: Substring, _ names: [String: String]
    ) -> [String: String]? {
        guard let part = parts.first else { return line.isEmpty ? names : nil }
        let rest = parts.dropFirst()
        switch part {
        case .text(let text):
            guard line.hasPrefix(text) else { return nil }
            return match(rest, line.dropFirst(text.count), names)
        case .placeholder(let name):
            if name != "any", let known = names[name] {
                guard line.hasPrefix(known) else { return nil }
                return match(rest, line.dropFirst(known.count), names)
            }
            for length in stride(from: line.count, to: 0, by: -1) {
                var bound = names
                bound[name] = String(line.prefix(length))
                if let found = match(rest, line.dropFirst(length), bound) { return found }
            }
            return nil
        }
    }
}
