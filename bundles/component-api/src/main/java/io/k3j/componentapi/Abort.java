package io.k3j.componentapi;

import org.osgi.annotation.versioning.ProviderType;

/// Ends the process, because it must not go on: a configuration that contradicts the cluster's, a
/// damaged datastore. Everything that can be retried is not a reason. Implemented by the launcher.
@ProviderType
public interface Abort {
    /// Prints the message, stops all bundles in order and ends the process with exit code 1. Returns at
    /// once; only the first call counts. The message says what, where and what to type next, and holds
    /// no secret.
    void abort(String message);
}
