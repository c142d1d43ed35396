import Glibc
import NIOCore
import NIOPosix
import VaultAccess

/// The event loops of a daemon: a set for each class of service that a quota names, so that what
/// best effort asks for never holds up those to whom more was promised.
enum EventLoops {
    static func sets(_ configuration: ServerConfiguration) -> Int {
        QuotaClass.inUse(by: configuration.quotas).count
    }

    static func make(_ configuration: ServerConfiguration) -> MultiThreadedEventLoopGroup {
        let (sets, ofSet) = (sets(configuration), threadsOfSet(configuration))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: sets * ofSet)
        guard sets > 1 else { return group }
        // The last class is best effort. `Server` deals the loops out in this order.
        for (place, loop) in group.makeIterator().enumerated() where place % sets == sets - 1 {
            loop.execute {
                // As in `WorkerThread`: a failure makes the loop no more than less polite.
                _ = setpriority(
                    __priority_which_t(PRIO_PROCESS.rawValue), 0, Limits.bestEffortNice)
            }
        }
        return group
    }

    private static func threadsOfSet(_ configuration: ServerConfiguration) -> Int {
        if configuration.eventThreads > 0 { return configuration.eventThreads }
        return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}
