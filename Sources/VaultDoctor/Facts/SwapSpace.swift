/// A place that memory may be moved to.
public struct SwapSpace: Equatable, Sendable {
    public enum Medium: Sendable {
        /// Written to a disk as it is.
        case plain
        /// dm-crypt below it.
        case encrypted
        /// Compressed memory (zram): never written to a disk.
        case memory
    }

    public var path: String
    public var medium: Medium

    public init(path: String, medium: Medium) {
        self.path = path
        self.medium = medium
    }

    /// The lines of `/proc/swaps` after the first, with each device's name resolved.
    static func read() -> [SwapSpace] {
        (SmallFile.text("/proc/swaps") ?? "").split(separator: "\n").dropFirst().compactMap {
            line in
            guard let path = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else {
                return nil
            }
            return SwapSpace(path: String(path), medium: medium(of: String(path)))
        }
    }

    private static func medium(of path: String) -> Medium {
        guard path.hasPrefix("/dev/"), let name = path.split(separator: "/").last else {
            return .plain
        }
        if name.hasPrefix("zram") { return .memory }
        let mapping = SmallFile.text("/sys/class/block/\(name)/dm/uuid") ?? ""
        return mapping.hasPrefix("CRYPT-") ? .encrypted : .plain
    }
}
