package io.k3j.metricsserver;

import io.k3j.model.Obj;
import java.io.IOException;

/// Where figures come from: a kubelet, or what a test says.
interface Source extends AutoCloseable {
    /// A node's `/metrics/resource`; blocks.
    /// @throws IOException when the node does not answer
    String text(Obj node) throws IOException;

    /// Whoever waits for an answer gets an error.
    @Override
    default void close() {
        // nothing to wait for
    }
}
