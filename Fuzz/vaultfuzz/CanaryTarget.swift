/// Breaks its promise for one input in four billion: a fuzzer that does not find it is blind.
final class CanaryTarget: FuzzTarget {
    let seeds: [[UInt8]] = [[0, 0, 0, 0]]

    func take(_ input: [UInt8]) {
        guard input.count >= 4, input[0] == 0x76, input[1] == 0x61, input[2] == 0x75 else {
            return
        }
        require(input[3] != 0x6c, "the canary")
    }
}
