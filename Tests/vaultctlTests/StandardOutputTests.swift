import Glibc
import Testing

@testable import vaultctl

@Suite struct StandardOutputTests {
    @Test func fullDeviceIsReported() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var output = StandardOutput(descriptor: descriptor)
        try output.write("text")
        do {
            try output.flush()
            Issue.record("nothing was reported")
        } catch {
            #expect(error.status == .failed)
            #expect(error.message.contains("no space left on device"))
        }
    }

    @Test func everythingIsWrittenInOrder() throws {
        let directory = try TestDirectory()
        let path = try directory.write("out", [])
        let descriptor = open(path, O_RDWR)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var output = StandardOutput(descriptor: descriptor)
        var expected: [UInt8] = []
        for number in 0..<20_000 {
            try output.write("\(number)\n")
            expected += Array("\(number)\n".utf8)
        }
        try output.flush()
        let written = try InputReader.readAll(
            try InputReader.open(path), limit: 1 << 20, name: path)
        #expect(bytes(of: written) == expected)
    }
}
