package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;

/// The current protocol of a connection. Every method runs on its event loop.
interface Protocol {
    /// Whether the protocol itself detects a client that reads nothing.
    default boolean detectsStalls() {
        return false;
    }

    /// Flushes what a batch of messages has written.
    void flush();

    /// Refuses new requests and closes after those in flight.
    void drain();

    /// Has new requests go over another connection and closes after those in flight, however long they take.
    default void goAway() {
    }

    /// Aborts the responses of this endpoint.
    void abandon(Endpoint endpoint);
}
