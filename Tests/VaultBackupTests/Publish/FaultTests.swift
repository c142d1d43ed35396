import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// Every call of a publisher fails once: nothing is published that is not whole.
@Suite struct FaultTests {
    private static let whole = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }

    /// Publishes in three writes; the error, if any.
    private func publish(_ files: any BackupFiles) -> BackupError? {
        do throws(BackupError) {
            var file = try AtomicFile.begin("a", expectedBytes: 3000, in: files)
            for start in [0, 1000, 2000] {
                let part = Array(Self.whole[start..<(start + 1000)])
                var failure: BackupError?
                part.withUnsafeBytes { bytes in
                    do throws(BackupError) { try file.append(bytes) } catch { failure = error }
                }
                if let failure { throw failure }
            }
            try file.publish()
            return nil
        } catch { return error }
    }

    /// Runs the publisher once a call of its, with `intervention` at that call (or, `forever`,
    /// from it on), and gives what came of it to `check`. The number of runs.
    private func sweep(
        forever: Bool = false, _ intervention: Intervention,
        check: (FileCall, BackupError?, TemporaryDirectory) throws -> Void
    ) throws -> Int {
        var target = 1
        while true {
            let directory = try TemporaryDirectory()
            let files = InterposedFiles(try DirectoryFiles.open(directory.path))
            var hit: FileCall?
            files.intervene = { call in
                guard forever ? files.callCount >= target : files.callCount == target else {
                    return nil
                }
                hit = hit ?? call
                return intervention
            }
            let error = publish(files)
            guard let hit else { return target - 1 }
            try check(hit, error, directory)
            target += 1
        }
    }

    @Test(arguments: [ENOSPC, EIO, EDQUOT, EFBIG, EACCES])
    func aFailedCallPublishesNothingAndLeavesNothing(_ code: Int32) throws {
        let runs = try sweep(.fail(code)) { (call, failure, directory) throws in
            #expect(failure != nil, "\(call)")
            let isSpace = [ENOSPC, EDQUOT, EFBIG].contains(code)
            #expect(
                failure?.exitCode == (isSpace ? 20 : 23), "\(call): \(String(describing: failure))")
            let names = try Files.names(in: directory.path)
            #expect(names.isEmpty, "\(call): \(names)")
        }
        #expect(runs == 11)
    }

    @Test(arguments: [ENOSPC, EIO])
    func aDiskThatFailsForGoodLeavesTemporaryFilesAtMost(_ code: Int32) throws {
        _ = try sweep(forever: true, .fail(code)) { (call, failure, directory) throws in
            #expect(failure != nil, "\(call)")
            for name in try Files.names(in: directory.path) {
                if name == "a" {
                    // The directory could not be synchronised, nor the name taken back: it may
                    // stay, for it is whole.
                    #expect(call == .synchronizeDirectory)
                    #expect(try Files.read(directory.file(name)) == Self.whole)
                } else {
                    #expect(TemporaryName.finalName(of: name) == "a", "\(call): \(name)")
                }
            }
            try Leftovers.remove(in: try DirectoryFiles.open(directory.path))
            #expect(try Files.names(in: directory.path).allSatisfy { $0 == "a" })
        }
    }

    @Test func interruptionsAndShortWritesAreGoneOnFrom() throws {
        let interventions: [Intervention] = [.fail(EINTR), .short(1), .short(999)]
        for intervention in interventions {
            let runs = try sweep(intervention) { (call, failure, directory) throws in
                #expect(failure == nil, "\(call): \(String(describing: failure))")
                #expect(try Files.names(in: directory.path) == ["a"])
                #expect(try Files.read(directory.file("a")) == Self.whole)
            }
            #expect(runs >= 11)
        }
    }

    @Test func aWriteThatTakesNothingAndASignalThatNeverStopsAreGivenUp() throws {
        _ = try sweep(.short(0)) { (call, failure, directory) throws in
            #expect((failure?.exitCode == 23) == (call == .write))
        }
        _ = try sweep(forever: true, .fail(EINTR)) { (call, failure, directory) throws in
            #expect(failure?.exitCode == 23, "\(call)")
        }
    }

    @Test func aWriteThatWasOnlyPretendedIsNoticed() throws {
        _ = try sweep(.pretend) { (call, failure, directory) throws in
            if call == .write { #expect(failure?.exitCode == 23) }
            if call == .write { #expect(try Files.names(in: directory.path).isEmpty) }
        }
    }
}
