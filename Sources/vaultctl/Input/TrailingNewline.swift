/// The newline that an editor or `echo` puts at the end of what was meant.
enum TrailingNewline {
    /// Drops one, LF or CR LF.
    static func drop(from value: inout [UInt8]) {
        guard value.last == UInt8(ascii: "\n") else { return }
        value.removeLast()
        if value.last == UInt8(ascii: "\r") { value.removeLast() }
    }
}
