import FoundationEssentials
import SwiftProtobuf
import VaultAPI

/// One operation of the differential test of access control.
struct AuthRequest: Sendable {
    /// Whose token comes with it, the newest that this user was given; nil for no token.
    var user: String?
    var method: VaultAPI.Method
    var message: any Message
    /// A permission of a range that is none, so that both sides can be made equal again.
    var malformedPermission: Etcdserverpb_AuthRoleGrantPermissionRequest?
    /// The user whom an `Authenticate` is for.
    var login: String?

    init(_ user: String?, _ method: VaultAPI.Method, _ message: any Message) {
        self.user = user
        self.method = method
        self.message = message
    }

    var text: String {
        "\(user ?? "nobody"): \(method.name) { \(AuthAnswer.oneLine(message.textFormatString())) }"
    }
}
