import Glibc

/// The programs of this package, from the build that the running test belongs to.
public enum BuiltPrograms {
    /// The path of the built `name`. Fails when it was not built.
    public static func path(_ name: String) throws -> String {
        let path = "\(try directory())/\(name)"
        guard access(path, X_OK) == 0 else {
            throw TestFailure("\(path) is not built: run swift build --product \(name)")
        }
        return path
    }

    /// The path of a program of the system. Fails when it is not installed.
    public static func system(_ name: String, package: String) throws -> String {
        for directory in ["/usr/bin", "/usr/local/bin", "/bin"] {
            let path = "\(directory)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        throw TestFailure("\(name) is not installed: apt-get install \(package)")
    }

    /// Where they are: `VAULT_PROGRAMS` when it is set (to test a release build), else where the
    /// test itself is.
    public static func directory() throws -> String {
        if let chosen = Environment.text("VAULT_PROGRAMS") { return chosen }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw Files.failure("cannot read /proc/self/exe") }
        let own = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return String(own[..<(own.lastIndex(of: "/") ?? own.endIndex)])
    }
}
