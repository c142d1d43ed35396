import ArgumentParser

/// A lease's number in hexadecimal, as etcd's tools write it.
struct LeaseArgument: ExpressibleByArgument, Equatable {
    let identifier: Int64

    init?(argument: String) {
        guard argument.count <= 16, let bits = UInt64(argument, radix: 16), bits != 0,
            !argument.hasPrefix("+")
        else { return nil }
        identifier = Int64(bitPattern: bits)
    }
}
