/// Whether the time of a function depends on what is in its input, as dudect asks it: one class of
/// inputs is always the same, the other random, in random order, each timed by itself.
///
/// Times have a long tail of interruptions, which hides small differences, so each of several parts
/// of the fastest is tested by itself and the largest t counts. Reparaz, Balasch, Verbauwhede,
/// "Dude, is my code constant time?", 2017.
struct TimingTest {
    /// Measurements, of both classes together.
    let count: Int
    /// Which part of the times, the fastest, is looked at.
    private static let parts = [1, 0.99, 0.9, 0.5]
    /// Inputs that are made before any of them is measured.
    private static let chunkCount = 4_096

    /// The largest |t|. `fixed` is the input that is always the same.
    func largestT(
        fixed: [UInt8], _ random: inout SplitMix, _ function: (UnsafeRawBufferPointer) -> Void
    ) -> Double {
        var times = [Double](repeating: 0, count: count)
        var classes = [Int](repeating: 0, count: count)
        var inputs = [UInt8](repeating: 0, count: Self.chunkCount * fixed.count)
        var input = fixed
        for start in stride(from: 0, to: count, by: Self.chunkCount) {
            let end = min(start + Self.chunkCount, count)
            // Nothing near the measurement may depend on the class, or the predictor of branches
            // knows it: with inputs made one by one, code without branches had a |t| of 130.
            for number in start..<end {
                classes[number] = Int(random.next() & 1)
                for index in fixed.indices {
                    let drawn = UInt8(truncatingIfNeeded: random.next())
                    inputs[(number - start) * fixed.count + index] =
                        classes[number] == 1 ? drawn : fixed[index]
                }
            }
            for number in start..<end {
                input.withUnsafeMutableBytes { input in
                    inputs.withUnsafeBytes { inputs in
                        let place = (number - start) * input.count
                        input.copyMemory(
                            from: UnsafeRawBufferPointer(
                                rebasing: inputs[place..<(place + input.count)]))
                    }
                    let began = Nanoseconds.now()
                    function(UnsafeRawBufferPointer(input))
                    times[number] = Double(Nanoseconds.now() - began)
                }
            }
        }
        return Self.largestT(times, classes)
    }

    private static func largestT(_ times: [Double], _ classes: [Int]) -> Double {
        let sorted = times.sorted()
        return parts.map { part in
            let limit = sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
            var test = WelchTest()
            for (time, number) in zip(times, classes) where time <= limit {
                test.add(time, to: number)
            }
            return test.t.magnitude
        }.max() ?? 0
    }
}
