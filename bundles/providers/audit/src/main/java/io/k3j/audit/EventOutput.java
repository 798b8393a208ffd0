package io.k3j.audit;

import java.util.List;

/// Where a sink's events end: the log, or a webhook. Any thread.
interface EventOutput extends AutoCloseable {
    /// What became of an event.
    enum Written {
        /// It is there.
        YES,
        /// It is lost, and counted.
        NO,
        /// Nothing is taken any more.
        CLOSED
    }

    /// Writes events together, in the sink's form; returns when it is known what became of each.
    /// @param events not changed
    List<Written> write(List<byte[]> events);

    /// It will be closed soon: nothing waits for better times any more. Does not block.
    void hurry();

    /// Takes nothing more, and gives up soon what it writes.
    @Override
    void close();
}
