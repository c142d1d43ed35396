import Glibc

/// Lines that are there at once, for whoever reads them while the program runs.
enum Output {
    static func line(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array((text + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
