extension WriteBatch {
    mutating func change(_ change: AlarmChange) throws(StoreError) -> AlarmResult {
        let revision = Revision(head.currentRevision)
        switch change {
        case .activate(let alarm):
            let before = head.alarms
            guard head.alarms.insert(alarm) else { throw .tooManyAlarms }
            if head.alarms != before { changesHead = true }
            return AlarmResult(alarm: alarm, revision: revision)
        case .deactivate(let alarm, let andComputed):
            let wasRaised = head.alarms.remove(alarm)
            if wasRaised { changesHead = true }
            let wasComputed = andComputed && alarm.kind == .noSpace && quota.disarm()
            return AlarmResult(
                alarm: wasRaised || wasComputed ? alarm : nil, revision: revision)
        }
    }

    /// A corrupt store is not changed by its clients, as in etcd.
    func checkNotCorrupt() throws(StoreError) {
        if head.alarms.contains(.corrupt) { throw .corrupt }
    }

    mutating func checkSpace(for cost: Int64) throws(StoreError) {
        guard cost > 0 else { return }
        if head.alarms.contains(.noSpace) { throw .noSpace }
        guard quota.admit(cost, used: usedBytes) else { throw .noSpace }
    }
}
