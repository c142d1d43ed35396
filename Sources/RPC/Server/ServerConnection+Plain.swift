import NIOCore

// One request over HTTP/1.1 and its answer, in place of everything else.
extension ServerConnection {
    /// Takes the next bytes of a connection that does not speak HTTP/2.
    func readPlain(_ bytes: UnsafeRawBufferPointer) {
        guard !isClosing, var reader = plain else { return }
        let progress = reader.take(bytes)
        plain = reader
        switch progress {
        case .incomplete: return
        case .malformed: say(Preface.refusal)
        case .tooLong: say(PlainAnswer(.headTooLarge, "the request is too long\n"))
        case .complete(let request):
            let caller = Caller(peer: peer, identification: identification, metadata: [:])
            let answer = environment.plain.answer(request, caller, mailbox.journal)
            say(answer, hasBody: request.method != "HEAD")
        }
    }

    private func say(_ answer: PlainAnswer, hasBody: Bool = true) {
        closeSaying(answer.encode(hasBody: hasBody), within: limits.plainAnswerTimeout)
    }
}
