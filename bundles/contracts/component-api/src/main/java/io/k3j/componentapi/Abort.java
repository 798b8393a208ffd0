package io.k3j.componentapi;

import org.osgi.annotation.versioning.ProviderType;

/// Ends the process, because it must not go on: a configuration that contradicts the cluster's, a
/// damaged datastore, a task that is done. Everything that can be retried is not a reason. Implemented by the launcher.
@ProviderType
public interface Abort {
    /// Prints the message, stops all bundles in order and ends the process with exit code 1. Returns at
    /// once; only the first call counts. The message says what, where and what to type next, and holds
    /// no secret.
    void abort(String message);

    /// The same with exit code 0: what the command was asked to do once is done, as `--cluster-reset`.
    default void done(String message) {
        abort(message);
    }
}
