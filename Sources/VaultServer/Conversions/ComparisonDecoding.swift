import VaultStore

extension RequestDecoding {
    /// etcd's `Compare`. The value to compare with counts only when it is of the kind that `target`
    /// names; else it is zero or empty, as in etcd.
    static func comparison(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> Comparison {
        var reader = WireReader(bytes)
        var range = KeyRange(key: [])
        var outcome = Comparison.Outcome.equal
        var target: Int32 = 0
        var given: (field: Int, number: Int64, bytes: Bytes) = (0, 0, [])
        while let field = try reader.nextField() {
            switch (field.number, field.type) {
            case (1, .varint): outcome = Comparison.Outcome(wire: try reader.enumeration())
            case (2, .varint): target = try reader.enumeration()
            case (3, .lengthDelimited): range.key = try reader.byteArray()
            case (4, .varint), (5, .varint), (6, .varint), (8, .varint):
                given = (field.number, try reader.int64(), [])
            case (7, .lengthDelimited): given = (7, 0, try reader.byteArray())
            case (64, .lengthDelimited): range.rangeEnd = try reader.byteArray()
            default: try reader.skip(field)
            }
        }
        func number(of field: Int) -> Int64 { given.field == field ? given.number : 0 }
        let value: Comparison.Target =
            switch target {
            case 0: .version(number(of: 4))
            case 1: .createRevision(number(of: 5))
            case 2: .modRevision(number(of: 6))
            case 3: .value(given.field == 7 ? given.bytes : [])
            case 4: .lease(number(of: 8))
            default: .unrecognized
            }
        return Comparison(range: range, outcome: outcome, target: value)
    }
}

extension Comparison.Outcome {
    init(wire: Int32) {
        self =
            switch wire {
            case 0: .equal
            case 1: .greater
            case 2: .less
            case 3: .notEqual
            default: .unrecognized
            }
    }
}

extension SortOrder {
    init(wire: Int32) {
        self =
            switch wire {
            case 0: .none
            case 1: .ascending
            case 2: .descending
            default: .unrecognized
            }
    }
}

extension SortTarget {
    init(wire: Int32) {
        self =
            switch wire {
            case 0: .key
            case 1: .version
            case 2: .createRevision
            case 3: .modRevision
            case 4: .value
            default: .unrecognized
            }
    }
}
