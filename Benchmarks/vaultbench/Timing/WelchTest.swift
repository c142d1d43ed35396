/// Welch's t of two classes of times, one time after the other.
struct WelchTest {
    private struct Moments {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0

        /// Welford's: no sum of large squares that cancel.
        mutating func add(_ value: Double) {
            count += 1
            let distance = value - mean
            mean += distance / count
            squares += distance * (value - mean)
        }

        var varianceOfMean: Double { count > 1 ? squares / (count - 1) / count : 0 }
    }

    private var classes = [Moments(), Moments()]

    /// `number` is 0 or 1.
    mutating func add(_ time: Double, to number: Int) { classes[number].add(time) }

    /// How many standard errors the two means are apart; 0 when nothing can be said.
    var t: Double {
        let error = (classes[0].varianceOfMean + classes[1].varianceOfMean).squareRoot()
        return error > 0 ? (classes[0].mean - classes[1].mean) / error : 0
    }
}
