import NIOCore

/// Counts the frames that cost the server more than they cost their sender. (Frames of types that
/// HTTP/2 does not know are not seen here: nghttp2 skips them at the price of their bytes.)
struct AbuseDetector {
    private var resets: RateLimit
    private var pings: RateLimit
    private var settings: RateLimit
    private var idleFrames: RateLimit
    /// Part of a body was sent since the last PING.
    private var expectsPing = false

    init(limits: ServerLimits, now: NIODeadline) {
        resets = RateLimit(perSecondMax: limits.resetsPerSecond, now: now)
        pings = RateLimit(perSecondMax: limits.pingsPerSecond, now: now)
        settings = RateLimit(perSecondMax: limits.settingsPerSecond, now: now)
        idleFrames = RateLimit(perSecondMax: limits.idleFramesPerSecond, now: now)
    }

    /// Part of a body was sent. The next PING is not counted: grpc-go measures the way with one for
    /// whatever it has read, thousands a second on a socket, and other gRPC servers bear it, too.
    mutating func sentBody() { expectsPing = true }

    /// Looks at a frame; the reason to disconnect, or nil.
    mutating func reason(
        against frame: FrameHeader, now: @autoclosure () -> NIODeadline
    ) -> String? {
        let hasEndOrAck = frame.flags & 0x1 != 0
        switch frame.type {
        case 0x0 where frame.length > 0 || hasEndOrAck, 0x1, 0x7, 0x8:
            // Bodies, requests, GOAWAY, WINDOW_UPDATE.
            return nil
        case 0x3:
            return resets.allows(now: now()) ? nil : "too many stream resets"
        case 0x4:
            return hasEndOrAck || settings.allows(now: now()) ? nil : "too many settings"
        case 0x6 where expectsPing && !hasEndOrAck:
            expectsPing = false
            return nil
        case 0x6:
            return hasEndOrAck || pings.allows(now: now()) ? nil : "too many pings"
        default:
            return idleFrames.allows(now: now()) ? nil : "too many frames without content"
        }
    }
}
