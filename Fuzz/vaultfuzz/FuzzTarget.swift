/// One entrance for bytes that nobody vouches for.
protocol FuzzTarget: AnyObject {
    /// Inputs to begin with: what the vault itself writes.
    var seeds: [[UInt8]] { get }

    /// Must come back, whatever the bytes; stops the program where a promise is broken.
    func take(_ input: [UInt8])
}

extension FuzzTarget {
    /// Stops the program, which is how libFuzzer learns of it, unless the promise is kept.
    func require(_ isKept: Bool, _ promise: @autoclosure () -> String) {
        precondition(isKept, promise())
    }
}
