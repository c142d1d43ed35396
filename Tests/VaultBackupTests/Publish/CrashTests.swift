import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// Power cuts, enumerated: of what the publisher does, of what broken ones do, and of what the
/// kernel was really asked for.
@Suite struct CrashTests {
    private static let whole = [UInt8](repeating: 0, count: 3000)
    private static let variable = "VAULT_PUBLISH_DIRECTORY"

    /// In three writes.
    private static func publish(replacing: Bool = false, in files: any BackupFiles) throws {
        var file = try AtomicFile.begin(
            "a", expectedBytes: 3000, replacing: replacing, in: files)
        for _ in 0..<3 { try whole[..<1000].withUnsafeBytes { try file.append($0) } }
        try file.publish()
    }

    /// What `body` does, and that it then says so.
    private func operations(
        pretending pretended: FileCall? = nil, old: [UInt8]? = nil,
        _ body: (InterposedFiles) throws -> Void
    ) throws -> [DiskOperation] {
        let directory = try TemporaryDirectory()
        if let old { try Files.write(old, to: directory.file("a")) }
        let files = InterposedFiles(try DirectoryFiles.open(directory.path))
        files.intervene = { $0 == pretended ? .pretend : nil }
        try body(files)
        files.acknowledge()
        return files.operations
    }

    /// The states in which `a` is neither what was there before nor, once that was said, whole.
    private func violations(
        _ operations: [DiskOperation], old: [UInt8]? = nil
    ) -> [String] {
        let states = CrashStates(of: operations, before: old.map { ["a": $0] } ?? [:]).all
        let broken = states.filter { state in
            let content = state.files["a"]
            return content != Self.whole && (content != old || state.isAcknowledged)
        }
        print("\(states.count) states, \(broken.count) violations")
        return broken.map(\.summary)
    }

    @Test func noPowerCutBreaksAPublishedFile() throws {
        #expect(violations(try operations { try Self.publish(in: $0) }).isEmpty)
    }

    @Test func noPowerCutLosesWhatIsReplaced() throws {
        for old in [[], [7], Self.whole + [1]] as [[UInt8]] {
            let operations = try operations(old: old) { try Self.publish(replacing: true, in: $0) }
            #expect(violations(operations, old: old).isEmpty)
        }
    }

    @Test(arguments: [FileCall.synchronize, .synchronizeDirectory])
    func aPublisherWithoutAnFsyncIsFound(_ left: FileCall) throws {
        let operations = try operations(pretending: left) { try Self.publish(in: $0) }
        #expect(!violations(operations).isEmpty)
    }

    @Test func aPublisherThatRenamesBeforeTheFsyncIsFound() throws {
        let operations = try operations { files in
            let file = try files.create(".a")
            try Self.whole.withUnsafeBytes { try files.writeAll($0, to: file) }
            try files.rename(".a", to: "a", replacing: false)
            try files.synchronize(file)
            try files.synchronizeDirectory()
            files.close(file)
        }
        #expect(!violations(operations).isEmpty)
    }

    @Test func aPublisherThatWritesUnderTheFinalNameIsFound() throws {
        let operations = try operations { files in
            let file = try files.create("a")
            try Self.whole.withUnsafeBytes { try files.writeAll($0, to: file) }
            try files.synchronize(file)
            try files.synchronizeDirectory()
            files.close(file)
        }
        #expect(!violations(operations).isEmpty)
    }

    /// The part that runs under strace.
    @Test(.enabled(if: Environment.text(variable) != nil, "runs under strace only"))
    func publisherInside() throws {
        let directory = try #require(Environment.text(Self.variable))
        try Self.publish(in: try DirectoryFiles.open(directory))
    }

    @Test func theKernelIsAskedForTheSame() throws {
        let directory = try TemporaryDirectory()
        let own = CommandLine.arguments
        let trace = try SyscallTrace.of(
            own[0],
            own.dropFirst().prefix { $0 != "--filter" }
                + ["--testing-library", "swift-testing", "--filter", "CrashTests.publisherInside"],
            environment: [Self.variable: directory.path], below: directory.path
        ).operations
        #expect(try Files.read(directory.file("a")) == Self.whole)
        let expected = try operations { try Self.publish(in: $0) }
        // The names of temporary files are random.
        func shape(_ operations: [DiskOperation]) -> [DiskOperation] {
            operations.map { operation in
                switch operation {
                case .create(let file, _): .create(file: file, name: ".tmp")
                case .rename(_, let to): .rename(from: ".tmp", to: to)
                default: operation
                }
            }
        }
        #expect(shape(trace + [.acknowledge]) == shape(expected))
        #expect(violations(trace + [.acknowledge]).isEmpty)
        let without = trace.filter { $0 != .synchronizeDirectory() } + [.acknowledge]
        #expect(!violations(without).isEmpty)
    }
}
