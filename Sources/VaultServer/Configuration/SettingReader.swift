import Configuration

/// Looks a key up in the environment, then in the file, and checks what it finds.
struct SettingReader {
    /// From the most to the least important, each with what its keys start with.
    private let sources: [(content: any ConfigSnapshot, prefix: [String])]

    init(environment: [String: String], file: (any ConfigSnapshot)?) {
        let variables = EnvironmentVariablesProvider(environmentVariables: environment)
        sources = [(variables.snapshot(), ["vaultd"])] + (file.map { [($0, [])] } ?? [])
    }

    func text(_ key: SettingKey) throws(ConfigurationError) -> String? {
        for source in sources {
            if case .string(let text) = try content(key, .string, source) { return text }
        }
        return nil
    }

    func number(
        _ key: SettingKey, in allowed: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int? {
        let words = "a whole number from \(allowed.lowerBound) to \(allowed.upperBound)"
        return try parsed(key, allowed: words) { text in
            Int(text).flatMap { allowed.contains($0) ? $0 : nil }
        }
    }

    /// Reads the text of `key`; `parse` returns nil for what is not allowed.
    func parsed<Value>(
        _ key: SettingKey, allowed: String, _ parse: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let text = try text(key) else { return nil }
        guard let value = parse(text) else {
            throw .invalid(key: key.rawValue, value: text, allowed: allowed)
        }
        return value
    }

    /// Reads the list of texts of `key`; `parse` returns nil for what is not allowed.
    func list<Value>(
        _ key: SettingKey, allowed: String, _ parse: (String) -> Value?
    ) throws(ConfigurationError) -> [Value]? {
        for source in sources {
            guard case .stringArray(let texts) = try content(key, .stringArray, source) else {
                continue
            }
            var values: [Value] = []
            for text in texts {
                guard let value = parse(text) else {
                    throw .invalid(key: key.rawValue, value: text, allowed: allowed)
                }
                values.append(value)
            }
            return values
        }
        return nil
    }

    private func content(
        _ key: SettingKey, _ type: ConfigType,
        _ source: (content: any ConfigSnapshot, prefix: [String])
    ) throws(ConfigurationError) -> ConfigContent? {
        do {
            let key = AbsoluteConfigKey(source.prefix + [key.rawValue])
            return try source.content.value(forKey: key, type: type).value?.content
        } catch {
            throw .invalid(key: key.rawValue, value: "a list or a group", allowed: "one value")
        }
    }
}
