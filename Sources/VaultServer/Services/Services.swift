import RPC
import VaultAPI

/// Everything that the server answers.
enum Services {
    /// The methods with a service behind them; the rest of the API answers "not implemented".
    static let implemented: Set<Method> = Set(
        Methods.KV.all + Methods.Watch.all + Methods.Lease.all + Methods.Lock.all
            + Methods.Election.all + Methods.Maintenance.all + Methods.Cluster.all
            + Methods.Health.all + Methods.Reflection.all + Methods.ReflectionAlpha.all
            + Methods.Vault.all)

    static func routes(
        vault: Vault, reads: LongReads, recipes: Recipes, facts: ServerFacts
    ) -> [Route] {
        KVService(vault: vault, reads: reads).routes
            + WatchService(vault: vault).routes
            + LeaseService(vault: vault, reads: reads).routes
            + LockService(vault: vault, reads: reads, recipes: recipes).routes
            + ElectionService(vault: vault, reads: reads, recipes: recipes).routes
            + MaintenanceService(vault: vault, reads: reads).routes
            + ClusterService(vault: vault, facts: facts).routes
            + HealthService(vault: vault).routes
            + ReflectionService.routes
            + VaultService(vault: vault, reads: reads, facts: facts).routes
            + UnimplementedService.routes(except: implemented)
    }
}
