import CLinux
import Glibc
import Sodium
import VaultDoctor

extension SelfFacts {
    /// Looks at this process. `confinement` is what became of it: the kernel does not say.
    static func read(confinement: VaultServer.Confinement) -> SelfFacts {
        var facts = SelfFacts()
        facts.isDumpable = vault_get_dumpable() != 0
        let refusal = vault_refuses_new_code()
        facts.refusesNewCode = refusal < 0 ? nil : refusal & 1 == 1
        facts.hasMemoryKeys = SecretBytes.isUnreadableBetweenUses
        facts.confinement =
            switch confinement {
            case .confined(let version): .confined(version: version)
            case .unavailable: .unavailable
            case .failed(let operation, let number):
                .failed("\(operation): \(systemErrorText(number))")
            case .off: .off
            }
        facts.loaderVariables = ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH"].filter { name in
            getenv(name).map { $0.pointee != 0 } ?? false
        }
        return facts
    }
}
