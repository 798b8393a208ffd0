package io.k3j.bench;

import java.io.IOException;

/// A store to be measured.
interface Target extends AutoCloseable {
    String name();

    /// Creates a key durably; its revision, or 0 if the target does not tell.
    long create(String key, byte[] value);

    /// Replaces a key that is at a revision.
    long update(String key, long revision, byte[] value);

    boolean canUpdate();

    /// CPU time that is not spent in this process.
    long cpuNanos();

    @Override
    void close() throws IOException;
}
