import Glibc

enum StandardOutput {
    /// Prints a line that somebody waits for.
    static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
