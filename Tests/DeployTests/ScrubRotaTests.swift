import Testing
import VaultTestSupport

extension DeployTests {
    /// Which archives vault-scrub reads on which day.
    @Suite struct ScrubRota {
        private let directory: TemporaryDirectory
        private let names = (0..<60).map { "archive-\($0)" }

        init() throws {
            directory = try TemporaryDirectory()
            for name in ["archives", "state"] {
                _ = try Program.run("mkdir", [directory.file(name)])
            }
            for name in names { try Files.write("x", to: directory.file("archives/\(name)")) }
            try Files.write(
                """
                #!/bin/sh
                echo "read ${3##*/}"
                test "${3##*/}" != "${BROKEN:-}"
                """, to: directory.file("vaultctl"), mode: 0o700)
        }

        private func scrub(day: Int, broken: String = "") throws -> (names: [String], isGood: Bool)
        {
            let result = try Program.run(
                "sh",
                [
                    "\(SourceTree.root)/deploy/systemd/vault-scrub", directory.file("archives"),
                    directory.file("state"),
                ],
                environment: [
                    "VAULTCTL": directory.file("vaultctl"), "VAULT_SCRUB_TODAY": "\(day)",
                    "VAULT_SCRUB_DAYS": "7", "BROKEN": broken,
                ])
            let read = result.outputText.split(separator: "\n").filter { $0.hasPrefix("read ") }
            return (read.map { String($0.dropFirst(5)) }, result.status == .exit(0))
        }

        @Test func everyArchiveIsReadOnceInATurn() throws {
            let read = try (100..<107).flatMap { try scrub(day: $0).names }
            #expect(read.sorted() == names.sorted())
        }

        @Test func missedDaysAreMadeUpFor() throws {
            var read = try scrub(day: 100).names
            read += try scrub(day: 106).names
            #expect(read.sorted() == names.sorted())
            #expect(try scrub(day: 300).names.count == names.count)
        }

        @Test func aDayThatFailedStaysDue() throws {
            let first = try scrub(day: 100).names
            let day = try #require((101..<107).first { _ in !first.isEmpty })
            let second = try scrub(day: day).names
            let victim = try #require(second.last)
            _ = try Program.run("rm", [directory.file("state/last")])
            #expect(try !scrub(day: day, broken: victim).isGood)
            #expect(try scrub(day: day).names.contains(victim))
        }
    }
}
