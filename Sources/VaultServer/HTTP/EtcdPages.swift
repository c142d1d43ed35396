import RPC
import VaultStore

/// What etcd's own probes and tools ask for over HTTP/1.1, answered as etcd 3.6 does.
enum EtcdPages {
    /// The API that is served, not the version of vaultd.
    static let version = json(
        .ok,
        """
        {"etcdserver":"\(Version.etcd)","etcdcluster":"\(Version.etcdStorage)",\
        "storage":"\(Version.etcdStorage)"}
        """)

    /// - Parameter trouble: why it is not well, in etcd's words where it has some; nil when it is.
    static func health(_ trouble: String?) -> PlainAnswer {
        json(
            trouble == nil ? .ok : .unavailable,
            #"{"health":"\#(trouble == nil)","reason":"\#(trouble ?? "")"}"#)
    }

    /// As etcd names it where it makes a member unhealthy.
    static func trouble(_ alarm: Alarm) -> String {
        switch alarm.kind {
        case .noSpace: "ALARM NOSPACE"
        case .corrupt: "ALARM CORRUPT"
        }
    }

    private static func json(_ code: PlainAnswer.Code, _ body: String) -> PlainAnswer {
        PlainAnswer(code, body, contentType: "application/json")
    }
}
