import CLinux
import Glibc
import Synchronization

/// The other end of one UNIX socket connection: who connected, and which service that process is
/// in now.
///
/// Keep one a connection for as long as the connection lasts. It holds a descriptor of its own, and
/// two more once it is asked for the unit, so that connections cost two or four; when none is left,
/// there is no unit, and everything else is there.
public final class Peer: Sendable {
    /// Who connected, at the moment when it did: neither a later setuid, nor another program in
    /// the same process, nor another process with the same socket changes it.
    public let identity: PeerIdentity

    private let process: PinnedProcess?
    private let asked = Mutex(Asked())

    /// What is known of the process's service, and from where.
    private struct Asked: ~Copyable {
        var directory: ProcessDirectory?
        var answer: UnitAnswer?
        var readAt: Duration = .zero
    }

    /// Asks the kernel about a connected socket, which is not kept. nil when it does not know: not
    /// a UNIX socket, not connected, or more groups than there can be.
    public convenience init?(socket: Int32) {
        self.init(socket: socket, means: .socket)
    }

    init?(socket: Int32, means: PinnedProcess.Means) {
        guard let identity = PeerIdentity(socket: socket) else { return nil }
        self.identity = identity
        process = PinnedProcess(processID: identity.processID, socket: socket, means: means)
    }

    /// The systemd service that the process that connected is in now, "web.service"; nil when it is
    /// in none, has ended (whoever holds its socket then is somebody else), or has changed its user
    /// since it connected.
    ///
    /// A guard rail, no boundary: processes of one user can take each other over. Reads /proc, a
    /// few microseconds, unless the last answer is younger than 10 ms by `now`.
    ///
    /// - Parameter now: by a monotonic clock, the same one each time.
    public func unit(now: Duration) -> String? { unitAnswer(now: now).unit }

    /// The same, for those who ask again and again.
    public func unitAnswer(now: Duration) -> UnitAnswer {
        // Users without a number in our namespace all look alike, so that a change would not show.
        guard identity.userID != PeerIdentity.unmappedID else { return .none }
        return asked.withLock { asked in
            if let answer = asked.answer, asked.readAt <= now,
                now - asked.readAt < IdentityLimits.unitAgeMax
            {
                return answer
            }
            let unit = readUnit(&asked)
            // `now` is from before the reading: the answer is younger than it says, never older.
            asked.readAt = now
            if let answer = asked.answer, answer.says(unit) { return answer }
            let answer = UnitAnswer(unit)
            asked.answer = answer
            return answer
        }
    }

    private func readUnit(_ asked: inout Asked) -> String? {
        guard process != nil else { return nil }
        if asked.directory == nil { asked.directory = process?.openDirectory() }
        switch asked.directory {
        case .some(let directory):
            return process?.unit(userID: identity.userID, in: directory)
        case .none: return nil
        }
    }
}

extension PeerIdentity {
    /// From SO_PEERCRED and SO_PEERGROUPS (unix(7)).
    fileprivate init?(socket: Int32) {
        // struct ucred: three 32-bit numbers.
        var credentials: (process: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var count = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &count) == 0, count == 12,
            credentials.user != UInt32.max, let groups = Self.groups(socket: socket)
        else { return nil }
        self.init(
            processID: credentials.process, userID: credentials.user, groupID: credentials.group,
            groups: groups)
    }

    private static func groups(socket: Int32) -> [UInt32]? {
        var capacity = IdentityLimits.groupsFirst
        // They were frozen at connect: the second time there is room for all.
        for _ in 0..<2 {
            var byteCount = socklen_t(capacity * MemoryLayout<gid_t>.size)
            var failure: Int32 = 0
            let groups = [gid_t](unsafeUninitializedCapacity: capacity) { buffer, count in
                if vault_peer_groups(socket, buffer.baseAddress, &byteCount) == 0 {
                    count = Int(byteCount) / MemoryLayout<gid_t>.size
                } else {
                    failure = errno
                }
            }
            if failure == 0 { return groups }
            capacity = Int(byteCount) / MemoryLayout<gid_t>.size
            guard failure == ERANGE, capacity <= IdentityLimits.groupsMax else { return nil }
        }
        return nil
    }
}
