import Testing

/// The whole programs: real processes, real sockets, real files. One after the other, so that no
/// test takes the machine from under another one.
@Suite(.serialized) enum CommandTests {}
