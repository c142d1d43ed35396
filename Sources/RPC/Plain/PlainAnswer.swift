import NIOCore

/// The answer to a request over HTTP/1.1. The connection is closed after it.
public struct PlainAnswer: Equatable, Sendable {
    public enum Code: Int, Sendable {
        case ok = 200
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case headTooLarge = 431
        case serverError = 500
        case unavailable = 503

        fileprivate var reason: String {
            switch self {
            case .ok: "OK"
            case .badRequest: "Bad Request"
            case .unauthorized: "Unauthorized"
            case .forbidden: "Forbidden"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .headTooLarge: "Request Header Fields Too Large"
            case .serverError: "Internal Server Error"
            case .unavailable: "Service Unavailable"
            }
        }
    }

    public var code: Code
    public var contentType: String
    public var body: String

    public init(_ code: Code, _ body: String, contentType: String = "text/plain") {
        self.code = code
        self.body = body
        self.contentType = contentType
    }

    /// - Parameter hasBody: false for the answer to HEAD, which has the length of the body only.
    func encode(hasBody: Bool = true) -> ByteBuffer {
        var text = "HTTP/1.1 \(code.rawValue) \(code.reason)\r\nContent-Type: \(contentType)\r\n"
        if code == .methodNotAllowed { text += "Allow: GET, HEAD\r\n" }
        text += "Cache-Control: no-store\r\nConnection: close\r\n"
        text += "Content-Length: \(body.utf8.count)\r\n\r\n"
        return ByteBuffer(string: hasBody ? text + body : text)
    }
}
