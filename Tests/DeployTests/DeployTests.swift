import Testing

/// What an operator installs: files, units, manifests. One after the other: they start machines.
@Suite(.serialized) enum DeployTests {}
