import FoundationEssentials
import VaultBackup

/// Secrets as one object of strings; values that are not UTF-8 are objects with base64:
///
///     {"PASSWORD":"it's","tls/key.der":{"base64":"MIIE"}}
enum JSONSecrets {
    private static let binary = "base64"

    static func read(
        _ bytes: ArraySlice<UInt8>, name: String
    ) throws(CommandFailure) -> [TransferredSecret] {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(Self.trimmed(bytes))
        } catch {
            throw CommandFailure(
                .failed, "\(name) cannot be read: \(TerminalText.line(error.what))",
                nextStep: "give one JSON object whose values are strings, each name once")
        }
        guard case .object(let members) = document else {
            throw CommandFailure(
                .failed, "\(name) is not a JSON object",
                nextStep: "give names and strings: {\"PASSWORD\": \"...\"}")
        }
        var secrets: [TransferredSecret] = []
        for member in members {
            guard let value = value(of: member.value) else {
                throw CommandFailure(
                    .failed, "the value of \(KeyName.shown(member.name)) in \(name) is no string",
                    nextStep: "put it in quotes, or write bytes as {\"base64\": \"...\"}")
            }
            secrets.append(TransferredSecret(name: Array(member.name.utf8), value: value))
        }
        return secrets
    }

    private static func value(of value: JSONValue) -> [UInt8]? {
        switch value {
        case .string(let text): return Array(text.utf8)
        case .object(let members):
            guard members.count == 1, members[0].name == binary,
                case .string(let text) = members[0].value, let data = Data(base64Encoded: text)
            else { return nil }
            return Array(data)
        case .null, .boolean, .number, .array: return nil
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        var text = bytes.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    static func file(of secrets: [TransferredSecret]) throws(CommandFailure) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for secret in secrets {
            guard let name = String(validating: secret.name, as: UTF8.self) else {
                throw CommandFailure(
                    .failed, "the name \(TerminalText.escaped(secret.name)) is not UTF-8",
                    nextStep: "take a backup, which holds every name")
            }
            json.name(name)
            if let text = String(validating: secret.value, as: UTF8.self) {
                json.string(text)
            } else {
                json.object { $0.field(binary, Data(secret.value).base64EncodedString()) }
            }
        }
        json.endObject()
        return json.take() + [UInt8(ascii: "\n")]
    }
}
