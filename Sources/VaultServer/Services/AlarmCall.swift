import VaultAPI
import VaultStore

/// What an `AlarmRequest` asks for.
enum AlarmCall {
    /// nil when it only looks: a GET, or a kind or action that nobody defined.
    static func change(_ request: Etcdserverpb_AlarmRequest, own: UInt64) -> AlarmChange? {
        guard let kind = kind(request.alarm) else { return nil }
        let alarm = Alarm(member: request.memberID, kind: kind)
        switch request.action {
        case .activate: return .activate(alarm)
        case .deactivate:
            return .deactivate(alarm, andComputed: kind == .noSpace && request.memberID == own)
        case .get, .UNRECOGNIZED: return nil
        }
    }

    /// What the answer to a request that changes nothing lists.
    static func listed(
        by request: Etcdserverpb_AlarmRequest, in status: StoreStatus, own: UInt64
    ) -> [Alarm] {
        guard case .get = request.action else { return [] }
        let all = alarms(of: status, own: own)
        if case .none = request.alarm { return all }
        let wanted = kind(request.alarm)
        return all.filter { $0.kind == wanted }
    }

    /// Those that an operator raised and the one that the quota did, which is about this member.
    static func alarms(of status: StoreStatus, own: UInt64) -> [Alarm] {
        let computed = Alarm(member: own, kind: .noSpace)
        guard status.noSpace, !status.alarms.contains(computed) else { return status.alarms }
        return [computed] + status.alarms
    }

    /// As etcd prints it in the errors of a status: a member 0 is left out.
    static func text(_ alarm: Alarm) -> String {
        let member = alarm.member == 0 ? "" : "memberID:\(alarm.member) "
        switch alarm.kind {
        case .noSpace: return member + "alarm:NOSPACE "
        case .corrupt: return member + "alarm:CORRUPT "
        }
    }

    private static func kind(_ type: Etcdserverpb_AlarmType) -> Alarm.Kind? {
        switch type {
        case .nospace: .noSpace
        case .corrupt: .corrupt
        case .none, .UNRECOGNIZED: nil
        }
    }
}
