import Glibc
import VaultBackup
import VaultClient

/// A vaultd of a drill's own, on a restored directory. Nobody else reaches it: its socket lies in
/// the drill's private directory.
final class ScratchServer {
    let socketPath: String
    private var process: pid_t

    /// Starts `program` and waits until it answers.
    init(_ program: String, dataDirectory: String, in scratch: String) throws(BackupError) {
        socketPath = scratch + "/s"
        let log = scratch + "/vaultd.log"
        let arguments = [
            program, "--data-dir", dataDirectory, "--socket", socketPath,
        ]
        process = try Self.spawn(arguments, log: log)
        try waitUntilReady(log)
    }

    deinit { stop() }

    private static func spawn(_ arguments: [String], log: String) throws(BackupError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        // Nothing of the operator's environment reaches it: no other socket, no settings.
        var path: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for pointer in path { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, arguments[0], &actions, nil, &pointers, &path)
        guard result == 0 else {
            throw .inconclusive(
                "\(arguments[0]) cannot be started: \(SystemFailure.text(result)); "
                    + "name it with --vaultd")
        }
        return process
    }

    private func waitUntilReady(_ log: String) throws(BackupError) {
        for _ in 0..<3_000 {
            if Self.answers(socketPath) { return }
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                process = 0
                throw .inconclusive(
                    "vaultd does not start on the restored directory: \(Self.lastLine(of: log))")
            }
            usleep(10_000)
        }
        throw .inconclusive("vaultd on the restored directory does not answer after 30 s")
    }

    private static func answers(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func lastLine(of log: String) -> String {
        guard let file = fopen(log, "r") else { return "it says nothing" }
        defer { fclose(file) }
        var (line, size, last) = (UnsafeMutablePointer<CChar>?.none, 0, "it says nothing")
        defer { free(line) }
        while getline(&line, &size, file) > 0, let line {
            last = String(cString: line)
        }
        return String(last.prefix { $0 != "\n" })
    }

    /// Ends it; after ten seconds by force.
    func stop() {
        guard process > 0 else { return }
        kill(process, SIGTERM)
        var status: Int32 = 0
        for _ in 0..<1_000 {
            if waitpid(process, &status, WNOHANG) == process {
                process = 0
                return
            }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        process = 0
    }
}
