/// The parts of a frame's header that the limits look at.
struct FrameHeader {
    var type: UInt8
    var flags: UInt8
    var length: Int
}
