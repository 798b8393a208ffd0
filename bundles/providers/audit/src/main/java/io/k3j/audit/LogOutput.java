package io.k3j.audit;

import java.io.IOException;

/// Where lines go. Called by one thread at a time; blocks for the disk.
interface LogOutput extends AutoCloseable {
    /// Writes whole lines with their ends: all of them, or none.
    /// @param parts follow each other; not changed
    void write(byte[]... parts) throws IOException;

    @Override
    void close() throws IOException;
}
