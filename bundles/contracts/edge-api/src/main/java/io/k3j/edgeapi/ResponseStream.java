package io.k3j.edgeapi;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/// An answer that is written bit by bit. `offer` may be called from any thread, the rest from one
/// at a time.
@ProviderType
public interface ResponseStream extends AutoCloseable {
    /// Writes the parts in order and flushes; blocks while the client is behind by more than the
    /// connection's high-water mark.
    /// @throws IOException when the client has gone
    void write(byte[]... parts) throws IOException;

    /// Like `write`, but never blocks: returns false, having taken nothing, when the client is behind
    /// by more than `maxPendingBytes` or gone. The parts are shared, not copied: many streams may be
    /// offered the same arrays. Flushed with everything else the connection has.
    boolean offer(int maxPendingBytes, byte[]... parts);

    /// Whether the client is still there.
    boolean open();

    /// Whether the connection is about to end, because its port is being replaced: an answer that its client can go on
    /// with elsewhere, such as a watch, should end in order now. What has not ended soon after is broken off.
    default boolean leaving() {
        return false;
    }

    /// Ends the answer in order.
    @Override
    void close();

    /// Breaks it off, so that the client knows it is incomplete.
    void abort();
}
