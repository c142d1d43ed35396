/// Every bound of users, roles and logins, with its reason.
public enum AccessLimits {
    /// Users, and roles, of a vault. More than a machine has accounts and services; a list of them
    /// all still fits into one answer.
    public static let usersMax = 10_000
    public static let rolesMax = 10_000

    /// Roles of one user: all of them are put together when the user connects.
    public static let rolesPerUserMax = 1_000

    /// Permissions of one role, for the same reason.
    public static let permissionsPerRoleMax = 10_000

    /// Bytes of the name of a user or role: the longest principal is "group:" and 255 more.
    public static let nameBytesMax = 512

    /// Bytes of the key, and of the range's end, of a permission. Keys may be longer; rules name
    /// their beginnings.
    public static let keyBytesMax = 16 << 10

    /// Bytes of the encoded book, which is one sealed record.
    public static let bookBytesMax = 16 << 20

    /// Bytes of a password; longer ones would only make us read more before we refuse.
    public static let passwordBytesMax = 4_096

    /// Memory of one password's hash. A book that asks for more is refused before any is taken.
    public static let passwordMemoryMax: UInt64 = 256 << 20

    /// etcd's time to live of a token, counted from its last use.
    public static let tokenTTLDefault = Duration.seconds(300)

    /// Tokens of one user. Scripts log in again for every command, and five minutes of one command
    /// a second are 300; beyond that the longest unused one goes.
    public static let tokensPerUserMax = 512

    /// Tokens in all, about 200 bytes each.
    public static let tokensMax = 16_384

    /// Wrong passwords in a row of one caller, and for one user, that cost nothing: typing errors.
    public static let freeFailuresPerPeer = 5
    public static let freeFailuresPerUser = 10

    /// What the next attempt waits after those; it doubles with each further one.
    public static let loginDelayFirst = Duration.milliseconds(250)
    /// The most that a caller waits.
    public static let peerLoginDelayMax = Duration.seconds(30)
    /// The most that a user waits because somebody else guesses: it must not become a way to lock
    /// people out.
    public static let userLoginDelayMax = Duration.seconds(2)

    /// Attempts a second in all, and how many may come at once: each costs about 0.1 seconds of
    /// a core and 64 MiB for as long.
    public static let loginsPerSecond = 10
    public static let loginBurst = 40

    /// After so long without a failure everything is forgiven.
    public static let failuresForgottenAfter = Duration.seconds(600)

    /// Callers, and users, whose failures are remembered one by one, about 100 bytes each.
    public static let pacedNamesMax = 4_096
}
