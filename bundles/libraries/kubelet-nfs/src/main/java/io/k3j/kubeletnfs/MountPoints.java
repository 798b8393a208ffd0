package io.k3j.kubeletnfs;

import java.io.IOException;
import java.nio.file.Path;

/// What is mounted on this node, by the kernel's table. Any thread; no file system is asked, as one may not answer.
@FunctionalInterface
public interface MountPoints {
    /// Whether something is mounted at a directory.
    /// @param directory need not be there
    /// @throws IOException when the table cannot be read
    boolean mounted(Path directory) throws IOException;
}
