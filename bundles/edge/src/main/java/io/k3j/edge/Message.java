package io.k3j.edge;

import org.jspecify.annotations.Nullable;

/// Something a connection's event loop shall do. Linked by itself, so that posting allocates nothing more.
abstract class Message {
    /// The message posted before this one; owned by the [Outbox].
    @Nullable
    Message older;

    /// Does it, on the event loop; must not block.
    abstract void send();
}
