import Glibc
import VaultTestSupport

@testable import VaultAccess

/// A socket that everybody may connect to, and the program that does.
final class PeerListener: Sendable {
    let socketPath: String
    let scriptPath: String
    private let directory: TemporaryDirectory
    private let descriptor: Int32

    init() throws {
        directory = try TemporaryDirectory()
        socketPath = directory.file("s")
        scriptPath = directory.file("client.pl")
        // Other users' clients go through it.
        chmod(directory.path, 0o711)
        try Files.write(Self.script, to: scriptPath, mode: 0o644)
        chmod(scriptPath, 0o644)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, chmod(socketPath, 0o777) == 0, listen(descriptor, 64) == 0 else {
            throw TestFailure("cannot listen on \(socketPath)")
        }
    }

    deinit { close(descriptor) }

    /// The next connection; fails when none comes.
    func accept() throws -> Int32 {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 30_000) == 1 else { throw TestFailure("nobody connected") }
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0, fcntl(accepted, F_SETFD, FD_CLOEXEC) == 0 else {
            throw TestFailure("cannot accept")
        }
        return accepted
    }

    /// What starts the client: `wrapper` is a program that starts another, setpriv say.
    func command(wrapper: [String], options: [String]) -> [String] {
        wrapper + ["/usr/bin/perl", scriptPath, socketPath] + options
    }

    /// A client that does what the other side of its connection says, a line at a time. perl is
    /// part of every Debian, unlike most that can connect to a socket.
    private static let script = #"""
        use strict; use Socket; use POSIX ();
        $^F = 255;  # What is opened from here on survives exec.
        my ($path, $option, $value) = @ARGV;
        my $socket;
        if (($option // '') eq '--descriptor') {
            open($socket, '+<&=', $value) or die "no descriptor: $!";
        } else {
            if (($option // '') eq '--groups') { $) = join(' ', 5, 1 .. $value); die $! if $!; }
            socket($socket, PF_UNIX, SOCK_STREAM, 0) or die $!;
            my $tries = 0;
            until (connect($socket, pack_sockaddr_un($path))) {
                die "connect: $!" if ++$tries > 3000;
                select(undef, undef, undef, 0.01);
            }
            exit 0 if ($option // '') eq '--leave';
        }
        sub say_ok { syswrite($socket, "ok\n"); }
        say_ok() if ($option // '') eq '--descriptor';
        while (sysread($socket, my $line, 100)) {
            chomp $line;
            if ($line =~ /^setuid (\d+)$/) { POSIX::setuid($1) or die $!; say_ok(); }
            elsif ($line eq 'exec') { exec $^X, $0, $path, '--descriptor', fileno($socket); }
            elsif ($line eq 'fork') { POSIX::_exit(0) if fork(); say_ok(); }
            elsif ($line eq 'leave') { POSIX::_exit(0); }
            else { say_ok(); }
        }
        """#
}
