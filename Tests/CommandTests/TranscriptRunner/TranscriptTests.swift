import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// Sessions with the real programs. Those with etcdctl also run against etcd itself, which
    /// proves that the expectations are etcd's and not ours.
    @Suite struct Transcripts {
        /// A transcript on one of its servers.
        struct Performance: Sendable, CustomTestStringConvertible {
            let path: String
            let server: String
            var testDescription: String {
                "\(path.split(separator: "/").last ?? "") on \(server)"
            }
        }

        @Test(arguments: try performances(asRoot: false))
        func theSessionIsAsWritten(performance: Performance) throws {
            try perform(performance)
        }

        @Test(
            .enabled(if: geteuid() == 0, "only root can become other users"),
            arguments: try performances(asRoot: true))
        func theSessionOfSeveralUsersIsAsWritten(performance: Performance) throws {
            try perform(performance)
        }

        private func perform(_ performance: Performance) throws {
            let transcript = try Transcript(path: performance.path)
            let stage = try TranscriptStage(kind: performance.server)
            var names: [String: String] = [:]
            for step in transcript.steps where step.onlyOn ?? stage.kind == stage.kind {
                if step.isDirection {
                    try stage.direct(step.command)
                    continue
                }
                let result = try stage.run(step.command)
                let place = "\(transcript.name):\(step.line): \(step.command)"
                if let status = step.status {
                    #expect(result.status == .exit(status), "\(place)\n\(result)")
                } else {
                    #expect(result.status != .exit(0), "\(place)\n\(result)")
                }
                expect(result.outputText, step.output, "standard output of \(place)", &names)
                expect(result.errorText, step.errors, "standard error of \(place)", &names)
            }
        }

        /// Canary: a runner that accepts everything would be of no use.
        @Test func aWrongLineIsNoticed() {
            var names: [String: String] = [:]
            #expect(!LinePattern("OK").matches("OK ", names: &names))
            #expect(LinePattern("id <id>, twice <id>").matches("id 7, twice 7", names: &names))
            #expect(!LinePattern("id <id>").matches("id 8", names: &names))
            #expect(!LinePattern("<any>").matches("", names: &names))
            #expect(LinePattern("a < b > <any>").matches("a < b > c", names: &names))
        }

        /// A shell that is killed alone leaves what it waits for: loops that go on for ever.
        @Test func aStepThatHangsIsKilledWithWhatItRuns() throws {
            let stage = try TranscriptStage(kind: "none")
            let path = stage.directory.file("lock")
            try Files.write("", to: path)
            #expect(throws: TestFailure.self) {
                try stage.run("flock lock sleep 300; true", limit: .seconds(2))
            }
            let lock = open(path, O_RDWR | O_CLOEXEC)
            defer { close(lock) }
            #expect(Waiting.until(.seconds(60)) { flock(lock, LOCK_EX | LOCK_NB) == 0 })
        }

        private func expect(
            _ text: String, _ wanted: [String], _ place: String, _ names: inout [String: String]
        ) {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
            if lines.last == "" { lines.removeLast() }
            var isEqual = lines.count == wanted.count
            for (line, pattern) in zip(lines, wanted) where isEqual {
                isEqual = LinePattern(pattern).matches(line, names: &names)
            }
            if !isEqual {
                let shown = wanted.joined(separator: "\n")
                Issue.record("\(place)\n--- wanted\n\(shown)\n--- got\n\(text)")
            }
        }

        static func performances(asRoot: Bool) throws -> [Performance] {
            let directory = SourceTree.root + "/Tests/CommandTests/Transcripts"
            let names = try Files.names(in: directory).filter { name in
                name.hasSuffix(".txt") && (TestSeed.soakRounds > 0 || !name.hasPrefix("soak-"))
            }
            return try names.flatMap { name -> [Performance] in
                let path = "\(directory)/\(name)"
                let transcript = try Transcript(path: path)
                guard transcript.needsRoot == asRoot else { return [] }
                return transcript.servers.map { Performance(path: path, server: $0) }
            }
        }
    }
}
