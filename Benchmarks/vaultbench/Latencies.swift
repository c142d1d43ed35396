/// Times of many calls, in nanoseconds.
struct Latencies {
    private var samples: [Int64] = []
    private var isSorted = true

    var count: Int { samples.count }

    mutating func add(_ nanoseconds: Int64) {
        samples.append(nanoseconds)
        isSorted = false
    }

    /// The time that `part` of the calls did not exceed, in microseconds.
    mutating func quantile(_ part: Double) -> Double {
        guard !samples.isEmpty else { return 0 }
        if !isSorted {
            samples.sort()
            isSorted = true
        }
        return Double(samples[min(samples.count - 1, Int(Double(samples.count) * part))]) / 1000
    }

    /// Of each `count` calls in a row the slowest, and of those the median, in microseconds; 0 when
    /// there were not so many. To be asked before anything else, which sorts them.
    func slowest(ofEach count: Int) -> Double {
        let starts = stride(from: 0, through: samples.count - count, by: max(1, count))
        let slowest = starts.compactMap { samples[$0..<($0 + count)].max() }.sorted()
        return slowest.isEmpty ? 0 : Double(slowest[slowest.count / 2]) / 1000
    }

    /// `p50 p99 max`, in microseconds.
    mutating func text() -> String {
        [0.5, 0.99, 1].map { decimal(quantile($0)) }.joined(separator: " ")
    }
}
