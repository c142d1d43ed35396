/// Versions that the server tells.
public enum Version {
    /// Of vaultd.
    public static let vaultd = BuildKind.isWithoutAccess ? "0.1.0+without-access" : "0.1.0"

    /// The etcd whose API this is. Clients switch features on by it: Kubernetes trusts progress
    /// requests from 3.5.13 and 3.4.31 on.
    static let etcd = "3.6.7"

    /// etcd's storage version that goes with it.
    static let etcdStorage = "3.6.0"
}
