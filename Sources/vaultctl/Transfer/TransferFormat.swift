import ArgumentParser

/// How secrets are written to files.
enum TransferFormat: String, ExpressibleByArgument, CaseIterable {
    /// `NAME=VALUE` lines, which shells, Compose and libraries of many languages read.
    case dotenv
    /// One object of strings.
    case json

    /// What the name of a file says.
    init?(path: String) {
        guard let name = path.split(separator: "/").last else { return nil }
        if name.hasSuffix(".json") {
            self = .json
        } else if name.hasSuffix(".env") || name.hasPrefix(".env") {
            self = .dotenv
        } else {
            return nil
        }
    }

    /// What was asked for, or what the name of the file says.
    static func chosen(
        _ format: TransferFormat?, path: String
    ) throws(CommandFailure) -> TransferFormat {
        guard let format = format ?? TransferFormat(path: path) else {
            throw CommandFailure(
                .usage, "the name of the file does not say what is in it",
                nextStep: "add --format dotenv or --format json")
        }
        return format
    }

    /// The secrets in a file, in its order.
    func read(_ bytes: [UInt8], name: String) throws(CommandFailure) -> [TransferredSecret] {
        // What Windows puts before UTF-8.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard String(validating: text, as: UTF8.self) != nil else {
            throw CommandFailure(
                .failed, "\(name) is not UTF-8",
                nextStep: "import values that are not text from JSON, in base64")
        }
        switch self {
        case .dotenv: return try DotenvReader.read(text, name: name)
        case .json: return try JSONSecrets.read(text, name: name)
        }
    }

    /// The file that has these secrets.
    func file(of secrets: [TransferredSecret]) throws(CommandFailure) -> [UInt8] {
        switch self {
        case .dotenv: try DotenvWriter.file(of: secrets)
        case .json: try JSONSecrets.file(of: secrets)
        }
    }
}
