import Testing

@testable import VaultSeal

/// The printed form of shares, and collecting them.
@Suite("Shares")
struct ShareTests {
    private let texts: [[UInt8]]
    private let set: ShareSet

    init() throws {
        let shares = try NewShares.make(count: 5, threshold: 3)
        texts = shares.texts.map { $0.withBytes { Array($0) } }
        set = shares.set
    }

    private func share(_ text: [UInt8]) throws(ShareError) -> Share {
        let result: Result<ShareBox, ShareError> = text.withUnsafeBytes { text in
            Result { () throws(ShareError) in ShareBox(try Share(text: text)) }
        }
        return try result.get().take()
    }

    private func refusal(_ text: [UInt8]) -> ShareError? {
        do throws(ShareError) {
            _ = try share(text)
            return nil
        } catch { return error }
    }

    private func refusal(
        _ collector: inout ShareCollector, _ text: [UInt8]
    ) -> ShareError? {
        do throws(ShareError) {
            _ = try collector.add(try share(text))
            return nil
        } catch { return error }
    }

    @Test func `A share is read as it was printed`() throws {
        for (index, text) in texts.enumerated() {
            #expect(text.count == ShareFormat.textCount && text.starts(with: Array("vds1-".utf8)))
            let read = try share(text)
            #expect(read.index == UInt8(index + 1) && read.set == set)
            let again = try read.text().withBytes { Array($0) }
            #expect(again == text)
        }
    }

    @Test func `Case, blanks, dashes and letters that look like digits do not matter`() throws {
        let text = String(decoding: texts[0], as: UTF8.self)
        let typed = [
            text.uppercased(), text.filter { $0 != "-" },
            " " + text.replacing("-", with: "  ") + "\r\n",
            text.replacing("0", with: "O").replacing("1", with: "l"),
            text.replacing("0", with: "o").replacing("1", with: "I"),
        ]
        for typed in typed { #expect(refusal(Array(typed.utf8)) == nil, "\(typed.count)") }
    }

    @Test func `Every wrong character is noticed, and its group named`() throws {
        let text = texts[0]
        for position in 4..<text.count where text[position] != UInt8(ascii: "-") {
            for symbol in ShareAlphabet.symbols where symbol != text[position] {
                var changed = text
                changed[position] = symbol
                let group = (position - 4) / 6 + 1
                #expect(refusal(changed) == .mistyped(groups: [group]), "\(position)")
            }
        }
    }

    @Test func `Characters and groups that were exchanged are noticed`() {
        let text = texts[0]
        for position in 5..<(text.count - 1) where text[position] != text[position + 1] {
            var changed = text
            changed.swapAt(position, position + 1)
            // A dash that moved is none.
            guard !changed[position...(position + 1)].contains(UInt8(ascii: "-")) else { continue }
            #expect(refusal(changed) != nil, "\(position)")
        }
        var groups = text.split(separator: UInt8(ascii: "-"))
        for group in 1..<(groups.count - 1) where groups[group] != groups[group + 1] {
            groups.swapAt(group, group + 1)
            #expect(refusal(Array(groups.joined(separator: [UInt8(ascii: "-")]))) != nil)
            groups.swapAt(group, group + 1)
        }
    }

    @Test func `What is no share is told from one that was typed wrong`() {
        let text = texts[0]
        #expect(refusal([]) == .malformed)
        #expect(refusal(Array("hello".utf8)) == .malformed)
        #expect(refusal(text + [UInt8(ascii: "7")]) == .malformed)
        #expect(refusal(text.dropLast()) == .malformed)
        #expect(refusal(text + [0]) == .malformed)
        #expect(refusal([UInt8](repeating: 32, count: 5000)) == .malformed)
        var newer = text
        newer[3] = UInt8(ascii: "2")
        #expect(refusal(newer) == .unsupportedVersion)
    }

    @Test func `Enough shares open the slot, in any order`() throws {
        let directory = ScratchDirectory()
        let printed = SharesBox()
        _ = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try keyfile(1))
            printed.texts = try new.addShares(count: 4, threshold: 2, label: "board")
        }
        let given = printed.texts.map { $0.withBytes { Array($0) } }
        for pair in [(0, 1), (3, 0), (2, 3)] {
            var collector = ShareCollector()
            #expect(refusal(&collector, given[pair.0]) == nil)
            #expect(collector.progress?.given == 1)
            guard let credential = try collector.add(try share(given[pair.1])) else {
                Issue.record("two of two shares give nothing")
                continue
            }
            let opened = try KeyringFile.openAll(in: directory.path, with: credential)
            #expect(opened.slot.label == "board" && opened.slot.kind == .shamir)
            #expect(collector.progress == nil)
        }
    }

    @Test func `A share that does not fit is refused and spoils nothing`() throws {
        var collector = ShareCollector()
        let foreign = try NewShares.make(count: 5, threshold: 3)
        let foreignText = foreign.texts[1].withBytes { Array($0) }
        var typo = texts[1]
        typo[7] = typo[7] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
        #expect(refusal(&collector, texts[0]) == nil)
        #expect(refusal(&collector, texts[0]) == .repeated(index: 1))
        #expect(
            refusal(&collector, foreignText)
                == .otherSet(expected: set.id, given: foreign.set.id))
        #expect(refusal(&collector, typo) == .mistyped(groups: [1]))
        #expect(collector.progress?.given == 1)
        #expect(refusal(&collector, texts[4]) == nil)
        let isComplete =
            switch try collector.add(try share(texts[2])) {
            case .some: true
            case .none: false
            }
        #expect(isComplete)
    }

    @Test func `What was given is forgotten when asked`() throws {
        var collector = ShareCollector()
        _ = refusal(&collector, texts[0])
        collector.forget()
        #expect(collector.progress == nil)
        #expect(refusal(&collector, texts[0]) == nil)
    }

    @Test(arguments: [(0, 3), (1, 3), (4, 3), (2, 1)] as [(UInt8, UInt8)])
    func `A threshold is at least two and at most the count`(threshold: UInt8, count: UInt8) {
        let error = failure { () throws(SealError) in
            _ = try NewShares.make(count: count, threshold: threshold)
        }
        guard case .invalidSlot = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
