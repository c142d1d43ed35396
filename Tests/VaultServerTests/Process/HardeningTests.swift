import CLinux
import Glibc
import Testing

@testable import VaultServer

@Suite struct HardeningTests {
    @Test func aHardenedProcessIsWhatItSays() async {
        await #expect(processExitsWith: .success) {
            let inherited = open("/dev/null", O_RDONLY)
            guard Hardening.apply().isEmpty else { exit(2) }
            guard vault_get_dumpable() == 0 else { exit(3) }
            guard vault_get_no_new_privileges() == 1 else { exit(4) }
            // Linux before 6.3 does not know.
            let refusal = vault_refuses_new_code()
            guard refusal < 0 || refusal & 1 == 1 else { exit(5) }
            guard fcntl(inherited, F_GETFD) & FD_CLOEXEC != 0 else { exit(6) }
            guard umask(0) == 0o077 else { exit(7) }
            exit(0)
        }
    }
}
