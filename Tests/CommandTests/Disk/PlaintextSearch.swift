import FoundationEssentials
import Glibc
import VaultTestSupport

/// Looks for byte strings, and for their usual disguises, in every file of a directory.
struct PlaintextSearch {
    /// Parts shorter than this appear in random bytes by accident.
    static let partBytesMin = 6

    private let needles: [[UInt8]]

    /// - Parameter secrets: key names and values. Each is looked for as it is, in its parts
    /// (between
    ///   `/`, `-` and spaces), in hexadecimal and in base64 at all three alignments.
    init(_ secrets: [String]) {
        var all = Set<[UInt8]>()
        for secret in secrets {
            let bytes = Array(secret.utf8)
            let parts = bytes.split { [0x2f, 0x2d, 0x20].contains($0) }.map(Array.init)
            for part in [bytes] + parts where part.count >= PlaintextSearch.partBytesMin {
                all.insert(part)
            }
            all.insert(Array(PlaintextSearch.hexadecimal(bytes).utf8))
            all.insert(Array(PlaintextSearch.hexadecimal(bytes).uppercased().utf8))
            for shift in 0..<3 {
                // The first and the last characters of base64 depend on the neighbours.
                let text = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
                all.insert(Array(text.utf8.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(4)))
            }
        }
        needles = all.filter { $0.count >= PlaintextSearch.partBytesMin }
    }

    /// `file: needle` for everything found in the files at or below `directory`, and in their
    /// names.
    func findings(below directory: String) throws -> [String] {
        var findings: [String] = []
        for path in try Files.allFiles(below: directory) {
            let bytes = try Files.read(path) + Array(path.utf8)
            for needle in find(in: bytes) {
                findings.append("\(path): \(String(decoding: needle, as: UTF8.self))")
            }
        }
        return findings
    }

    /// What is found in the bytes.
    func find(in bytes: [UInt8]) -> [[UInt8]] {
        // The C library's search ends at a zero byte, and no needle has one.
        var text = bytes.map { $0 == 0 ? 1 : CChar(bitPattern: $0) }
        text.append(0)
        return text.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return [] }
            return needles.filter { strstr(start, $0.map(CChar.init(bitPattern:)) + [0]) != nil }
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
