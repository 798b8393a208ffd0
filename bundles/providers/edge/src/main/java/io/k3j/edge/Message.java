package io.k3j.edge;

import org.jspecify.annotations.Nullable;

/// A task for a connection's event loop. Messages link themselves, so that posting allocates no node.
abstract class Message {
    /// The message posted before this one; owned by the [Outbox].
    @Nullable
    Message older;

    /// Runs the task on the event loop; must not block.
    abstract void send();
}
