import Glibc
import Sodium
import Synchronization
import Testing
import VaultTestSupport

/// What two threads tell each other.
private final class Signals: Sendable {
    let address = Atomic<UInt>(0)
    let seen = Atomic(false)
}

@Suite("Guarded memory")
struct SecretBytesTests {
    @Test func `New memory holds zeros`() throws {
        let secret = try SecretBytes(count: 1000)
        #expect(content(secret) == [UInt8](repeating: 0, count: 1000))
    }

    @Test func `Taking bytes empties the source`() throws {
        var source = Array(UInt8(1)...64)
        let secret = try SecretBytes(wiping: &source)
        #expect(content(secret) == Array(1...64))
        #expect(source == [UInt8](repeating: 0, count: 64))
    }

    @Test func `A secret may be empty`() throws {
        var nothing: [UInt8] = []
        let secret = try SecretBytes(wiping: &nothing)
        #expect(secret.count == 0)
        #expect(secret.isEqual(to: try SecretBytes(count: 0)))
    }

    @Test func `Only the same bytes are equal`() throws {
        let one = try secret([1, 2, 3])
        #expect(one.isEqual(to: try secret([1, 2, 3])))
        #expect(!one.isEqual(to: try secret([1, 2, 4])))
        #expect(!one.isEqual(to: try secret([1, 2, 3, 0])))
        #expect(!one.isEqual(to: try secret([])))
    }

    @Test func `Random secrets differ`() throws {
        let one = try SecretBytes.random(count: 32)
        #expect(!one.isEqual(to: try SecretBytes.random(count: 32)))
        #expect(!one.isEqual(to: try SecretBytes(count: 32)))
    }

    @Test func `Erasing leaves zeros`() throws {
        var erased = try SecretBytes.random(count: 32)
        erased.erase()
        #expect(erased.isEqual(to: try SecretBytes(count: 32)))
    }

    @Test func `Memory that cannot be locked is refused`() async {
        await #expect(processExitsWith: .success) {
            // libsodium itself starts before the limit does.
            try Sodium.initialize()
            let first = try SecretBytes(count: 32)
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            guard setrlimit(Int32(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else {
                exit(2)
            }
            // The limit does not bind root.
            if getuid() == 0, setuid(65534) != 0 { exit(3) }
            do throws(SodiumError) {
                _ = try SecretBytes(count: 32)
                exit(4)
            } catch {
                guard error == .notLocked, first.count == 32 else { exit(5) }
            }
        }
    }

    @Test func `Reading behind the end ends the process`() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let secret = try SecretBytes(count: 32)
            secret.withBytes { bytes in
                _ = bytes.baseAddress.map { ($0 + 32).load(as: UInt8.self) }.map { exit(Int32($0)) }
            }
        }
    }

    @Test func `Reading between uses ends the process`() async {
        guard SecretBytes.isUnreadableBetweenUses else {
            return print("not run: this CPU or kernel has no protection keys")
        }
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let secret = try SecretBytes(count: 32)
            let address = secret.withBytes { UInt(bitPattern: $0.baseAddress) }
            let stray = UnsafeRawPointer(bitPattern: address)
            exit(Int32(stray?.load(as: UInt8.self) ?? 0))
        }
    }

    @Test func `Another thread cannot read during a use`() async {
        guard SecretBytes.isUnreadableBetweenUses else {
            return print("not run: this CPU or kernel has no protection keys")
        }
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let signals = Signals()
            // Started before the use: a thread inherits the rights of who starts it.
            let thread = TestThread {
                while signals.address.load(ordering: .acquiring) == 0 { sched_yield() }
                let address = signals.address.load(ordering: .acquiring)
                let stray = UnsafeRawPointer(bitPattern: address)
                signals.seen.store(stray?.load(as: UInt8.self) == 0, ordering: .releasing)
            }
            let secret = try SecretBytes(count: 32)
            secret.withBytes { bytes in
                signals.address.store(UInt(bitPattern: bytes.baseAddress), ordering: .releasing)
                while !signals.seen.load(ordering: .acquiring) { sched_yield() }
            }
            thread.join()
            exit(0)
        }
    }

    @Test func `Writing during a use that reads ends the process`() async {
        guard SecretBytes.isUnreadableBetweenUses else {
            return print("not run: this CPU or kernel has no protection keys")
        }
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let secret = try SecretBytes(count: 32)
            secret.withBytes { bytes in
                UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
                    .storeBytes(of: 1, as: UInt8.self)
            }
            exit(0)
        }
    }

    @Test func `Uses within uses end in the right order`() throws {
        var one = try SecretBytes(count: 32)
        var other = try SecretBytes(count: 32)
        one.withMutableBytes { written in
            other.withBytes { read in
                // The use that reads does not take the right to write from the one around it.
                written[0] = read[0] + 7
            }
            written[1] = 8
            other.withMutableBytes { $0[0] = written[0] }
            written[2] = 9
        }
        #expect(content(one).prefix(3) == [7, 8, 9])
        #expect(content(other).first == 7)
    }
}
