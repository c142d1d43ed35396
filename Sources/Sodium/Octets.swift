extension UnsafeRawBufferPointer {
    /// The start as C functions want it; nil when the buffer has no address.
    var octets: UnsafePointer<UInt8>? { unsafe baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawBufferPointer {
    /// The start as C functions want it; nil when the buffer has no address.
    var octets: UnsafeMutablePointer<UInt8>? {
        unsafe baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}
