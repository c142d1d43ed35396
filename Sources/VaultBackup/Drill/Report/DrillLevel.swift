/// How far a drill goes.
public enum DrillLevel: String, CaseIterable, Sendable {
    /// The catalogue alone, without a key.
    case catalogue = "V0"
    /// Every byte, without a key.
    case scrub = "V1"
    /// Every record opens; nothing is written.
    case open = "V2"
    /// A restore, a server on it, and reads through its socket.
    case restore = "D1"
    /// That, and every negative control.
    case hostile = "D2"
    /// By people, with the offline key, on another machine.
    case ceremony = "D3"
    /// The oldest backup, and the oldest format.
    case goBack = "D4"
    /// A run that was left out on purpose, to hear the alarm.
    case alarm = "A0"
}
