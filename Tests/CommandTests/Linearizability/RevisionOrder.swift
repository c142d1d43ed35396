/// What revisions must be like, whatever the registers held.
enum RevisionOrder {
    /// One line for each wrong. A revision that was told is never taken back: whoever asks later,
    /// over whatever connection or restart, is told that one or a higher one.
    static func complaints(_ tellings: [HistoryRecorder.Telling]) -> [String] {
        var complaints: [String] = []
        let byEnd = tellings.sorted { $0.returned < $1.returned }
        var (next, highest) = (0, Int64.min)
        var makers: [Int64: Int] = [:]
        for telling in tellings.sorted(by: { $0.invoked < $1.invoked }) {
            while next < byEnd.count, byEnd[next].returned < telling.invoked {
                highest = max(highest, byEnd[next].header)
                next += 1
            }
            let place = "operation \(telling.operation) of client \(telling.client)"
            if telling.header < highest {
                complaints.append("\(place): revision \(telling.header) after \(highest)")
            }
            guard let made = telling.made else { continue }
            if made != telling.header || made <= highest {
                complaints.append("\(place) made \(made) after \(highest)")
            }
            if let other = makers.updateValue(telling.operation, forKey: made) {
                complaints.append("\(place) made \(made), as did operation \(other)")
            }
        }
        return complaints
    }
}
