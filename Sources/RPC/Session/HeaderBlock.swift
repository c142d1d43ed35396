import CNghttp2

/// A header block to be sent. Names and values of static text are not copied at all; nghttp2
/// copies the others while `withFields` runs.
///
/// SAFETY (@unchecked Sendable): the pointers in `fields` are to static text, which nothing writes.
struct HeaderBlock: @unchecked Sendable {
    private var fields: [nghttp2_nv] = []
    private var dynamic: [(name: [UInt8], value: [UInt8])] = []

    init() {}

    mutating func append(_ name: StaticString, _ value: StaticString) {
        fields.append(
            nghttp2_nv(
                name: UnsafeMutablePointer(mutating: name.utf8Start),
                value: UnsafeMutablePointer(mutating: value.utf8Start),
                namelen: name.utf8CodeUnitCount, valuelen: value.utf8CodeUnitCount,
                flags: UInt8(
                    NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
            ))
    }

    mutating func append(_ name: String, _ value: some Collection<UInt8>) {
        append(Array(name.utf8), Array(value))
    }

    mutating func append(_ name: [UInt8], _ value: [UInt8]) {
        // The place in the order; `withFields` fills in the pointers.
        fields.append(
            nghttp2_nv(
                name: nil, value: nil, namelen: name.count, valuelen: value.count, flags: 0))
        dynamic.append((name, value))
    }

    /// Whether HTTP/2 can carry every name and value.
    var isValid: Bool {
        dynamic.allSatisfy { field in
            nghttp2_check_header_name(field.name, field.name.count) != 0
                && nghttp2_check_header_value(field.value, field.value.count) != 0
        }
    }

    func withFields<R>(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> R) -> R {
        guard !dynamic.isEmpty else {
            return fields.withUnsafeBufferPointer(body)
        }
        // nghttp2 wants one pointer for each name and value: gather all in one array first.
        var bytes: [UInt8] = []
        for field in dynamic {
            bytes += field.name
            bytes += field.value
        }
        return bytes.withUnsafeMutableBufferPointer { bytes in
            var all = fields
            var offset = 0
            // An empty field list has no base address, and then there is nothing to point to.
            if let base = bytes.baseAddress {
                for index in all.indices where all[index].name == nil {
                    all[index].name = base + offset
                    all[index].value = base + offset + all[index].namelen
                    offset += all[index].namelen + all[index].valuelen
                }
            }
            return all.withUnsafeBufferPointer(body)
        }
    }
}
