package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;

/// What a connection speaks at the moment. Every method runs on its event loop.
interface Protocol {
    /// Whether it finds out by itself that its client takes nothing of what waits.
    default boolean judgesItself() {
        return false;
    }

    /// Sends on what a batch of messages has written.
    void flush();

    /// Takes nothing new, and closes when what is in flight has been answered.
    void drain();

    /// Breaks off what this endpoint is answering.
    void abandon(Endpoint endpoint);
}
