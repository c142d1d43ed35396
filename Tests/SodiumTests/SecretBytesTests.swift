import Glibc
import Sodium
import Testing

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
}
