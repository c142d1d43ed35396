import Glibc

/// Whoever reads standard output, when that is a pipe or a socket.
enum OutputReader {
    /// Ends the program when its reader goes away, as a write would: a command that waits for
    /// changes may have nothing to write for days, and `vaultctl watch KEY | head -1` is done.
    static func endWithIt() {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0,
            [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
        else { return }
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { _ in
                OutputReader.wait()
                signal(SIGPIPE, SIG_DFL)
                kill(getpid(), SIGPIPE)
                return nil
            }, nil)
        // Without the thread the next write notices.
        if result == 0 { pthread_detach(thread) }
    }

    /// Returns when nobody reads any more. A poll for no event at all still reports that.
    private static func wait() {
        var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        while poll(&entry, 1, -1) < 0, errno == EINTR {}
    }
}
