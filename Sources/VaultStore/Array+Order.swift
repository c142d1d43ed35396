extension Array {
    /// Where the elements begin for which `isBehind` holds, given that it holds for all that follow
    /// one for which it does.
    func firstPlace(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension [UInt8] {
    /// Byte-wise, as etcd orders keys.
    func precedes(_ other: [UInt8]) -> Bool {
        withUnsafeBytes { left in other.withUnsafeBytes { compareKeys(left, $0) < 0 } }
    }
}
