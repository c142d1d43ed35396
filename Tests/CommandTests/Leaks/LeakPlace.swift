import Glibc
import VaultTestSupport

/// Bytes that somebody could see.
struct LeakPlace {
    let name: String
    let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    init(file: String) throws {
        self.init(name: file, bytes: try Files.read(file))
    }

    /// Files with their names, those of sockets and directories too.
    static func files(below directory: String) throws -> [LeakPlace] {
        try Files.names(in: directory).flatMap { name -> [LeakPlace] in
            let path = "\(directory)/\(name)"
            if Files.isDirectory(path) { return try files(below: path) }
            let title = LeakPlace(name: "the name of \(path)", bytes: Array(path.utf8))
            // What cannot be opened is a socket.
            guard let file = try? LeakPlace(file: path) else { return [title] }
            return [title, file]
        }
    }

    /// What /proc shows of a process without its memory.
    static func process(_ id: pid_t) throws -> [LeakPlace] {
        let files = ["environ", "cmdline", "maps", "comm", "status", "limits", "mountinfo"]
        var places = try files.map { try LeakPlace(file: "/proc/\(id)/\($0)") }
        for thread in try Files.names(in: "/proc/\(id)/task") {
            places.append(try LeakPlace(file: "/proc/\(id)/task/\(thread)/comm"))
        }
        for descriptor in try Files.names(in: "/proc/\(id)/fd") {
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let path = "/proc/\(id)/fd/\(descriptor)"
            let count = readlink(path, &target, target.count)
            let bytes = target.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
            places.append(LeakPlace(name: path, bytes: bytes))
        }
        return places
    }

    /// `place: mark` for everything that is in a place and must not be.
    static func findings(of marks: [String], in places: [LeakPlace]) -> [String] {
        let search = PlaintextSearch(marks)
        return places.flatMap { place in
            search.find(in: place.bytes).map {
                "\(place.name): \(String(decoding: $0, as: UTF8.self))"
            }
        }
    }
}
