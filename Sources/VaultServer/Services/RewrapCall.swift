import NIOCore
import RPC
import Synchronization
import VaultAPI

/// One client that follows a rewrap. Lives on its connection's event loop; the rewrap goes on
/// without it.
final class RewrapCall: StreamHandler {
    private let call: StreamCall
    private let service: KeyRotationService
    private var open: OpenVault?
    private var timer: RepeatedTask?
    private var isOver = false

    init(call: StreamCall, service: KeyRotationService) {
        self.call = call
        self.service = service
    }

    func received(_ message: ByteBuffer) {
        guard open == nil, !isOver else { return }
        switch service.start(message) {
        case .failure(let status): end(status)
        case .success(let open):
            self.open = open
            follow(open)
        }
    }

    func halfClosed() {
        if open == nil, !isOver { end(.ok) }
    }

    func cancelled() { stop() }

    func writable() {}

    func draining() { end(StatusTable.stopping) }

    private func follow(_ open: OpenVault) {
        let delay = TimeAmount.milliseconds(Limits.rewrapReportInterval)
        let bound = NIOLoopBound(self, eventLoop: call.eventLoop)
        timer = call.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: delay) { _ in
            bound.value.look(open)
        }
    }

    private func look(_ open: OpenVault) {
        guard !isOver else { return }
        if open.isClosing.load(ordering: .relaxed) { return end(StatusTable.sealed) }
        let progress = KeyRotationService.progress(of: open)
        guard progress.running else { return finish(open) }
        guard call.isWritable else { return }
        switch Answer.encoded(progress) {
        case .success(let message): call.send(message)
        case .failure(let status): end(status)
        }
    }

    /// The last message says what is left under which key.
    private func finish(_ open: OpenVault) {
        stop()
        let call = call
        let isAccepted = service.report(on: open, user: call.peer.userID) { result in
            switch result.flatMap({ (progress) -> Result<ByteBuffer, Status> in
                var last = progress
                last.finished = true
                return Answer.encoded(last)
            }) {
            case .failure(let status): call.finish(status)
            case .success(let message):
                call.send(message)
                call.finish(.ok)
            }
        }
        if !isAccepted { call.finish(StatusTable.tooManyRequests) }
    }

    private func end(_ status: Status) {
        guard !isOver else { return }
        stop()
        call.finish(status)
    }

    private func stop() {
        isOver = true
        timer?.cancel()
        timer = nil
    }
}
