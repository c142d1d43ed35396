import FoundationEssentials
import SwiftProtobuf
import VaultAPI

/// What a server answered: its status, or the message as text without what names the server.
enum AuthAnswer: Equatable, CustomStringConvertible {
    case failure(code: Int, String)
    case message(String)

    static func message(_ message: any Message) -> AuthAnswer {
        var message = message
        if var role = message as? Etcdserverpb_AuthRoleGetResponse {
            // etcd sorts them by key, and leaves those of one key in any order.
            role.perm.sort {
                $0.key == $1.key
                    ? $0.rangeEnd.lexicographicallyPrecedes($1.rangeEnd)
                    : $0.key.lexicographicallyPrecedes($1.key)
            }
            message = role
        }
        let own = ["cluster_id:", "member_id:", "raft_term:", "token:"]
        let lines = message.textFormatString().split(separator: "\n").filter { line in
            let line = line.drop { $0 == " " }
            return !own.contains { line.hasPrefix($0) }
        }
        return .message(lines.joined(separator: "\n"))
    }

    static func oneLine(_ text: String) -> String {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    var description: String {
        switch self {
        case .failure(let code, let text): "status \(code): \(text)"
        case .message(let text): AuthAnswer.oneLine(text)
        }
    }
}
