/// What the keys do while a secret is typed. Knows nothing of terminals.
struct LineEditor: ~Copyable {
    enum Step: Equatable { case goOn, done, cancelled, tooLong }

    private(set) var line = SecretBuffer()
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func type(_ byte: UInt8) -> Step {
        switch byte {
        case 0x0A, 0x0D: return .done
        // Interrupt (^C) and quit (^\).
        case 0x03, 0x1C: return .cancelled
        // End of file (^D): nothing more comes.
        case 0x04: return line.isEmpty ? .cancelled : .done
        case 0x08, 0x7F: line.removeLastCharacter()
        // Erase the line (^U).
        case 0x15: line.removeLast(line.count)
        // Suspend (^Z) would leave the terminal without echo.
        case 0x1A: break
        default:
            guard line.count < limit else { return .tooLong }
            line.append(byte)
        }
        return .goOn
    }

    consuming func finish() -> SecretBuffer { line }
}
