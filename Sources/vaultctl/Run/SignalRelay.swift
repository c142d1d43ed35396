import Glibc
import Synchronization

/// Passes signals on to the program that was started, so that it can end in its own way.
enum SignalRelay {
    private static let relayed = [SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGUSR1, SIGUSR2]
    /// Sent by the kernel (SI_KERNEL), which Swift does not import.
    private static let fromKernel: Int32 = 0x80

    /// 0 while there is none.
    private static let process = Atomic<pid_t>(0)
    /// A signal that came before there was a process.
    private static let early = Atomic<Int32>(0)
    /// The newest signal, wherever it came from.
    private static let newest = Atomic<Int32>(0)

    /// From now on no signal of these ends this program. What the shell had ignored, as nohup(1)
    /// does, stays ignored, here and in the program.
    static func begin() {
        // Made here, and not by the handler, which may neither lock nor allocate.
        process.store(0, ordering: .sequentiallyConsistent)
        early.store(0, ordering: .sequentiallyConsistent)
        newest.store(0, ordering: .sequentiallyConsistent)
        for number in relayed {
            var before = sigaction()
            var action = sigaction()
            action.sa_flags = SA_SIGINFO | SA_RESTART
            action.__sigaction_handler.sa_sigaction = { number, origin, _ in
                SignalRelay.pass(number, code: origin?.pointee.si_code ?? 0)
            }
            guard sigaction(number, nil, &before) == 0 else { continue }
            let isIgnored =
                unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
            if !isIgnored { sigaction(number, &action, nil) }
        }
    }

    /// The process that signals are for.
    static func attach(_ identifier: pid_t) {
        process.store(identifier, ordering: .sequentiallyConsistent)
        let number = early.exchange(0, ordering: .sequentiallyConsistent)
        if number != 0 { kill(identifier, number) }
    }

    /// The process has ended: its number may become another's.
    static func detach() {
        process.store(0, ordering: .sequentiallyConsistent)
        early.store(0, ordering: .sequentiallyConsistent)
    }

    /// The newest signal since this was last asked; 0 when there was none. For who ends in its own
    /// time, with something to remove before.
    static func takeNewest() -> Int32 { newest.exchange(0, ordering: .sequentiallyConsistent) }

    /// In a handler: only system calls and atomics.
    private static func pass(_ number: Int32, code: Int32) {
        newest.store(number, ordering: .sequentiallyConsistent)
        // Ctrl-C, Ctrl-\ and a terminal that goes away: the kernel tells the program as well,
        // which is in the same group of processes.
        guard code != fromKernel else { return }
        let before = errno
        early.store(number, ordering: .sequentiallyConsistent)
        let identifier = process.load(ordering: .sequentiallyConsistent)
        if identifier != 0 {
            early.store(0, ordering: .sequentiallyConsistent)
            kill(identifier, number)
        }
        errno = before
    }
}
