/// What one caller may use. Written as a line of configuration:
///
///     unit:web.service class=guaranteed rate=5000 connections=50 watches=1000
///     account:ci class=burstable rate=100 burst=500
///     default connections=20 inflight=64
public struct QuotaRule: Hashable, Sendable {
    public let subject: QuotaSubject
    public let quotaClass: QuotaClass
    /// Requests a second; nil only for best effort, which then gets whatever is left.
    public let rate: Int?
    /// Requests at once after a pause. A second's worth unless the rule says otherwise.
    public let burst: Int?
    /// Open connections at once; nil when the rule does not limit them.
    public let connectionsMax: Int?
    /// Open watches at once; nil when the rule does not limit them.
    public let watchesMax: Int?
    /// Requests at once that are not answered yet; nil when the rule does not limit them.
    public let inFlightMax: Int?

    /// What a line may look like, for error messages.
    public static let allowed =
        "a principal, account:NAME or default, and after it class=guaranteed, class=burstable or "
        + "class=bestEffort (the default), rate=N and burst=N in requests a second and at once, "
        + "connections=N, watches=N and inflight=N, such as "
        + "'unit:web.service class=guaranteed rate=5000 connections=50'; guaranteed and burstable "
        + "need a rate, and default is always bestEffort"

    /// From a line; nil unless it is exactly as `allowed` says: each option once, one space
    /// between words, whole numbers from 1 to 1,000,000.
    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count > 1, let subject = QuotaSubject(String(words[0])) else { return nil }
        var quotaClass: QuotaClass?
        var numbers: [Substring: Int] = [:]
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: "=") else { return nil }
            let name = word[..<equals]
            let value = String(word[word.index(after: equals)...])
            if name == "class" {
                guard quotaClass == nil, let named = QuotaClass(rawValue: value) else { return nil }
                quotaClass = named
            } else {
                guard Self.names.contains(name), numbers[name] == nil,
                    let number = Self.number(value)
                else { return nil }
                numbers[name] = number
            }
        }
        self.subject = subject
        self.quotaClass = quotaClass ?? .bestEffort
        rate = numbers["rate"]
        burst = numbers["burst"] ?? rate
        connectionsMax = numbers["connections"]
        watchesMax = numbers["watches"]
        inFlightMax = numbers["inflight"]
        guard rate != nil || (!self.quotaClass.isReserved && burst == nil),
            // One rule sets aside one rate, and nobody knows how many everybody is.
            subject != .everyoneElse || !self.quotaClass.isReserved
        else { return nil }
    }

    private static let names: Set<Substring> = [
        "rate", "burst", "connections", "watches", "inflight",
    ]

    private static func number(_ text: String) -> Int? {
        guard let number = Int(text), String(number) == text,
            (1...QuotaLimits.countMax).contains(number)
        else { return nil }
        return number
    }

    /// At most so many of `use` at once; nil when the rule does not limit them.
    public func countMax(of use: QuotaUse) -> Int? {
        switch use {
        case .connection: connectionsMax
        case .watch: watchesMax
        case .request: inFlightMax
        }
    }
}

extension QuotaRule: CustomStringConvertible {
    /// The line that reads as this rule.
    public var description: String {
        var words = ["\(subject)", "class=\(quotaClass.rawValue)"]
        if let rate { words.append("rate=\(rate)") }
        if let burst { words.append("burst=\(burst)") }
        if let connectionsMax { words.append("connections=\(connectionsMax)") }
        if let watchesMax { words.append("watches=\(watchesMax)") }
        if let inFlightMax { words.append("inflight=\(inFlightMax)") }
        return words.joined(separator: " ")
    }
}
