import Glibc
import VaultTestSupport

/// A copy of this process that works until it is killed, and tells what it has done.
enum KilledChild {
    /// Calls `work` in the copy with 0, 1, 2, … and kills it after it has returned `count` times.
    /// The last number that `work` returned there. It keeps the open files below `directory`.
    static func run(
        after count: Int, filesOf directory: String, _ work: (UInt64) -> UInt64?
    ) throws -> UInt64 {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("no pipe") }
        let kept = descriptors(below: directory) + [ends[1]]
        let child = try fork()
        if child == 0 { beTheChild(ends[1], keeping: kept, work) }
        close(ends[1])
        defer { close(ends[0]) }
        var last: UInt64 = 0
        var done = 0
        var number: UInt64 = 0
        // After the kill the pipe still holds what was done before it.
        while read(ends[0], &number, 8) == 8 {
            last = number
            done += 1
            if done == count { kill(child, SIGKILL) }
        }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        guard done >= count else { throw TestFailure("the child ended after \(done) steps") }
        return last
    }

    private static func descriptors(below directory: String) -> [Int32] {
        (3..<descriptorsMax).filter { descriptor in
            var target = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count - 1)
            guard count > 0 else { return false }
            let path = target[..<count].map { UInt8(bitPattern: $0) }
            return path.starts(with: directory.utf8)
        }
    }

    /// More than the tests of this process ever have open.
    private static let descriptorsMax: Int32 = 8_192

    private static func beTheChild(
        _ output: Int32, keeping kept: [Int32], _ work: (UInt64) -> UInt64?
    ) -> Never {
        // What others of this process hold at the moment, a lock of a vault for one, must not be
        // held here too.
        for descriptor in 3..<descriptorsMax where !kept.contains(descriptor) {
            close(descriptor)
        }
        var number: UInt64 = 0
        while let result = work(number) {
            var result = result
            guard write(output, &result, 8) == 8 else { break }
            number += 1
        }
        _exit(1)
    }

    /// Swift hides fork(2), because the copy has this one thread only. glibc sees to its locks.
    private static func fork() throws -> pid_t {
        typealias Fork = @convention(c) () -> pid_t
        guard let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork") else {
            throw TestFailure("no fork")
        }
        let child = unsafeBitCast(symbol, to: Fork.self)()
        guard child >= 0 else { throw TestFailure("fork failed") }
        return child
    }
}
