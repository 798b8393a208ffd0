package io.k3j.audit;

import java.io.IOException;

/// Where lines go. Called by one thread at a time; blocks for the disk.
interface LogOutput extends AutoCloseable {
    /// Writes one line with its end: whole, or not at all.
    void write(byte[] line) throws IOException;

    @Override
    void close() throws IOException;
}
