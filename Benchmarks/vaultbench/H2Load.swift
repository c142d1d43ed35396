import VaultAPI
import VaultTestSupport

/// A run of h2load against a method, always with the same message.
struct H2Load {
    /// Requests a second.
    let rate: Double
    /// Mean time of a request, in microseconds.
    let meanMicroseconds: Double

    /// - Parameters:
    ///   - connections: connections, each with
    ///   - streams: this many requests under way.
    init(
        _ method: VaultAPI.Method, message: [UInt8], socket: String, requests: Int,
        connections: Int, streams: Int
    ) throws {
        let directory = try TemporaryDirectory()
        let count = UInt32(message.count)
        let prefix = [0] + withUnsafeBytes(of: count.bigEndian) { Array($0) }
        try Files.write(prefix + message, to: directory.file("frame"))
        let result = try Program.run(
            try BuiltPrograms.system("h2load", package: "nghttp2-client"),
            [
                "-n", "\(requests)", "-c", "\(connections)", "-m", "\(streams)", "-t", "1",
                "-B", "unix:\(socket)", "-d", directory.file("frame"),
                "-H", "content-type: application/grpc", "-H", "te: trailers",
                "http://localhost\(method.path)",
            ], timeout: .seconds(300))
        let text = result.outputText
        // h2load does not look at grpc-status: the caller checks that the calls had their effect.
        guard result.status == .exit(0), text.contains(", \(requests) succeeded, 0 failed"),
            let rate = H2Load.number(in: text, after: "finished in ", skipping: 1),
            let mean = H2Load.number(in: text, after: "time for request:", skipping: 2)
        else { throw BenchFailure("h2load failed: \(result)") }
        self.rate = rate
        meanMicroseconds = mean
    }

    /// The number (times in microseconds) that stands `skipping` words after `label` in its line.
    private static func number(in text: String, after label: String, skipping: Int) -> Double? {
        for line in text.split(separator: "\n") {
            guard let found = line.firstRange(of: label) else { continue }
            let words = line[found.upperBound...].split { $0 == " " || $0 == "," }
            guard words.count > skipping else { return nil }
            let digits = words[skipping].prefix { $0.isNumber || $0 == "." }
            let scale = ["us": 1.0, "ms": 1_000, "s": 1_000_000, "": 1]
            let unit = String(words[skipping].dropFirst(digits.count))
            return Double(digits).flatMap { number in scale[unit].map { number * $0 } }
        }
        return nil
    }
}
