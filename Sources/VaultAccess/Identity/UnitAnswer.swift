/// What the kernel said of a peer's systemd service. As long as it says the same, it is the same
/// object, so that nobody has to compare names for every request.
public final class UnitAnswer: Sendable {
    /// "web.service"; nil when the peer is in none.
    public let unit: String?

    init(_ unit: String?) {
        self.unit = unit
    }

    static let none = UnitAnswer(nil)

    /// Byte by byte: names that only look the same are of two services.
    func says(_ other: String?) -> Bool {
        guard let unit, let other else { return unit == nil && other == nil }
        return unit.utf8.elementsEqual(other.utf8)
    }
}
