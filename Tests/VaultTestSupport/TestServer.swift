/// A running server that speaks etcd's API on a UNIX socket.
public protocol TestServer: AnyObject, Sendable {
    /// Names the server in messages.
    var name: String { get }
    /// The socket to connect to.
    var socketPath: String { get }
    /// What `etcdctl --endpoints` takes.
    var endpoint: String { get }
    /// The process.
    var program: Program { get }
    /// Ends the server as a power failure of its process would: nothing is finished or flushed.
    func kill() throws
}
