import CNghttp2
import Glibc
import NIOCore

/// The header block of a request, checked as it arrives. nghttp2's own checks are off because
/// etcd's clients send a path as `:authority`; these are the rules of RFC 9113 section 8 and of
/// gRPC that matter here.
struct RequestHead {
    enum Verdict {
        case accepted
        /// It is the path: `found` is to be told of its route.
        case path
        /// RFC 9113: a malformed request is a stream error.
        case malformed
        case tooLarge
    }

    private(set) var route: Route?
    /// Only for paths without a route.
    private(set) var unroutedPath = ""
    private(set) var isPost = false
    private(set) var contentType = ContentType.missing
    private(set) var timeout: TimeAmount?
    private(set) var hasBadTimeout = false
    private(set) var encoding: String?
    var metadata = Metadata()

    private var seen: Pseudo = []
    private var hasField = false
    private(set) var byteCount = 0
    private var fieldCount = 0

    enum ContentType: Equatable {
        case missing
        case grpc
        case other(String)
    }

    private struct Pseudo: OptionSet {
        var rawValue: UInt8
        static let method = Pseudo(rawValue: 1)
        static let scheme = Pseudo(rawValue: 2)
        static let path = Pseudo(rawValue: 4)
        static let authority = Pseudo(rawValue: 8)
    }

    /// The method, whether there is one of that name or not.
    var path: String { route?.path ?? unroutedPath }

    /// Whether the mandatory pseudo-headers were there. `:authority` is not mandatory.
    var isComplete: Bool { seen.isSuperset(of: [.method, .scheme, .path]) }

    mutating func reset() {
        if route != nil { route = nil }
        if !unroutedPath.isEmpty { unroutedPath = "" }
        isPost = false
        contentType = .missing
        timeout = nil
        hasBadTimeout = false
        if encoding != nil { encoding = nil }
        metadata.removeAll()
        seen = []
        hasField = false
        byteCount = 0
        fieldCount = 0
    }

    mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, limits: ServerLimits
    ) -> Verdict {
        fieldCount += 1
        byteCount += name.count + value.count + 32
        guard fieldCount <= limits.headersMax, byteCount <= limits.headerBytesMax else {
            return .tooLarge
        }
        // Refuses control characters, in names also upper case; names that are known need no look.
        guard Self.isValid(value: value) else { return .malformed }
        if name.first == UInt8(ascii: ":") { return addPseudo(name, value) }
        hasField = true
        return addField(name, value) ? .accepted : .malformed
    }

    private mutating func addPseudo(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Verdict {
        guard !hasField else { return .malformed }
        let pseudo: Pseudo
        if name.matches(":path") {
            pseudo = .path
        } else if name.matches(":method") {
            pseudo = .method
            isPost = value.matches("POST")
        } else if name.matches(":scheme") {
            pseudo = .scheme
        } else if name.matches(":authority") {
            pseudo = .authority
        } else {
            return .malformed
        }
        guard seen.insert(pseudo).inserted else { return .malformed }
        return pseudo == .path ? .path : .accepted
    }

    /// Takes the route of the path that was added, if there is one.
    mutating func found(_ route: Route?, at path: UnsafeRawBufferPointer) {
        self.route = route
        if route == nil { unroutedPath = String(decoding: path, as: UTF8.self) }
    }

    /// Takes a field; false when it must not be in an HTTP/2 request.
    private mutating func addField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Bool {
        switch name.count {
        case 2 where name.matches("te"):
            return value.matches("trailers")
        case 12 where name.matches("content-type"):
            contentType =
                Self.isGRPC(value) ? .grpc : .other(String(decoding: value, as: UTF8.self))
        case 12 where name.matches("grpc-timeout"):
            timeout = CallTimeout.decode(value)
            hasBadTimeout = timeout == nil
        case 13 where name.matches("grpc-encoding"):
            encoding = String(decoding: value, as: UTF8.self)
        case 20 where name.matches("grpc-accept-encoding"):
            // Answers are never compressed.
            break
        case 7 where name.matches("upgrade"), 10 where name.matches("connection"),
            10 where name.matches("keep-alive"), 16 where name.matches("proxy-connection"),
            17 where name.matches("transfer-encoding"):
            return false
        default:
            guard Self.isValid(name: name) else { return false }
            metadata.append(name: name, value: value)
        }
        return true
    }

    /// "application/grpc", alone or with a suffix: "application/grpc+proto", "...;charset=x".
    private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
        let count = "application/grpc".utf8.count
        guard value.count >= count,
            UnsafeRawBufferPointer(rebasing: value.prefix(count)).matches("application/grpc")
        else { return false }
        return value.count == count || value[count] == UInt8(ascii: "+")
            || value[count] == UInt8(ascii: ";")
    }

    private static func isValid(name: UnsafeRawBufferPointer) -> Bool {
        nghttp2_check_header_name(
            name.bindMemory(to: UInt8.self).baseAddress, name.count) != 0
    }

    private static func isValid(value: UnsafeRawBufferPointer) -> Bool {
        nghttp2_check_header_value(
            value.bindMemory(to: UInt8.self).baseAddress, value.count) != 0
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are exactly the bytes of `text`.
    func matches(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress, text.utf8Start, count) == 0
    }
}
