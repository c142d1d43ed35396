import RPC
import VaultAPI

/// Everything that the server answers.
enum Services {
    /// The methods with a service behind them; the rest of the API answers "not implemented".
    static let implemented: Set<Method> = Set(
        Methods.KV.all + Methods.Watch.all + Methods.Lease.all + Methods.Lock.all
            + Methods.Election.all + Methods.Maintenance.all + Methods.Cluster.all
            + Methods.Health.all + Methods.Reflection.all + Methods.ReflectionAlpha.all
            + Methods.Vault.all + Methods.Auth.all + Methods.Access.all + Methods.Audit.all
            + Methods.KeySlots.all + Methods.Integrity.all + Methods.KeyRotation.all
            + Methods.Backup.all)

    /// Makes the routes of one more event loop, each within the gate. What is called most has
    /// nothing there that another loop counts references to; other services are one for all.
    static func routes(
        gate: ServerGate, reads: LongReads, recipes: Recipes, facts: ServerFacts
    ) -> () -> [Route] {
        let vault = gate.vault
        let calls = RecipeCalls(gate: gate, reads: reads, recipes: recipes)
        let shared =
            WatchService(gate: gate).routes
            + LeaseService(gate: gate, reads: reads).routes
            + LockService(calls).routes
            + ElectionService(calls).routes
            + MaintenanceService(vault: vault, reads: reads).routes
            + ClusterService(vault: vault, facts: facts).routes
            + AuthService(vault: vault).routes
            + AccessService(vault: vault, reads: reads).routes
            + AuditService(vault: vault).routes
            + KeySlotService(vault: vault).routes
            + IntegrityService(vault: vault, reads: reads).routes
            + CheckService(vault: vault, facts: facts, reads: reads).routes
            + KeyRotationService(vault: vault, reads: reads).routes
            + BackupService(vault: vault).routes
            + HealthService(vault: vault).routes
            + ReflectionService.routes
            + VaultService(gate: gate, reads: reads, facts: facts).routes
            + UnimplementedService.routes(except: implemented)
        return {
            let keys = KVService(vault: vault, door: vault.makeDoor(), reads: reads)
            return (keys.routes + shared).map(gate.guarded)
        }
    }
}
