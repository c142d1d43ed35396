public import VaultAPI

/// A user with a password, for calls that are made as that user and not as what the kernel says of
/// the caller. Shown, it is a name; the password never is.
public struct Login: Sendable, CustomStringConvertible, CustomReflectable {
    /// The user's name.
    public let name: String
    let password: String

    /// A user and the password that proves who it is.
    public init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// Puts name and password into a request to make this user.
    public func put(into request: inout Etcdserverpb_AuthUserAddRequest) {
        request.name = name
        request.password = password
    }

    /// The name alone.
    public var description: String { name }

    /// What `dump` and failed tests show: the name alone.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
