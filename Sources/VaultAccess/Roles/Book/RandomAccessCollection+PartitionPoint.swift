extension RandomAccessCollection {
    /// The first place whose element does not come before what is looked for, in a collection in
    /// which no such element is followed by one that does.
    func partitionPoint(where isBefore: (Element) -> Bool) -> Index {
        var lower = startIndex
        var count = self.count
        while count > 0 {
            let middle = index(lower, offsetBy: count / 2)
            if isBefore(self[middle]) {
                lower = index(after: middle)
                count -= count / 2 + 1
            } else {
                count /= 2
            }
        }
        return lower
    }
}
