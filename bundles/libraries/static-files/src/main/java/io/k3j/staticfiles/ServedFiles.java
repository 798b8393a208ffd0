package io.k3j.staticfiles;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// Where a [FileServer] finds what it shows; Go's `http.FileSystem`. Whoever has the files implements it, and decides
/// which links are followed; called by any number of threads, which it may block for the disk.
@FunctionalInterface
public interface ServedFiles {
    /// What a path leads to, held open until the answer is complete.
    ///
    /// @param path where it can be read while it is open; it may be another than the one that was asked for
    /// @param held is closed, once
    record OpenFile(Path path, Closeable held) implements Closeable {
        @Override
        public void close() throws IOException {
            held.close();
        }
    }

    /// Opens a file or a directory.
    ///
    /// @param below relative, without `..`, empty for the top; it is the client's choice
    /// @return to be closed by the caller
    /// @throws java.nio.file.AccessDeniedException for what may not be read: the answer is 403
    /// @throws java.nio.file.FileSystemException for what is not there or is not to be shown: 404
    OpenFile open(Path below) throws IOException;
}
