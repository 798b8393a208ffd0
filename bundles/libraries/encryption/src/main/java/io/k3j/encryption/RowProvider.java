package io.k3j.encryption;

/// What rows are sealed and opened by: keys that the configuration holds, or a service that holds them.
public sealed interface RowProvider permits Provider, EnvelopeTransformer {
}
