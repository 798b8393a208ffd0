package io.k3j.launcher.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// A disk that ends the process before or after its n-th change.
final class EndingDisk implements ReleaseDisk {
    private final int end;
    private final boolean after;
    private int changes;

    /// The process has ended.
    static final class Ended extends Error {
        private static final long serialVersionUID = 1L;
    }

    private interface Change {
        boolean make() throws IOException;
    }

    /// @param after whether the last change is still made
    EndingDisk(int end, boolean after) {
        this.end = end;
        this.after = after;
    }

    private boolean change(Change change) throws IOException {
        changes++;
        if (changes > end || changes == end && !after) {
            throw new Ended();
        }
        boolean made = change.make();
        if (changes == end) {
            throw new Ended();
        }
        return made;
    }

    @Override
    public void link(Path link, String target) throws IOException {
        change(() -> {
            DURABLE.link(link, target);
            return true;
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change(() -> {
            DURABLE.rename(from, to);
            return true;
        });
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return change(() -> DURABLE.delete(path));
    }

    @Override
    public void directory(Path directory, Set<PosixFilePermission> mode) throws IOException {
        change(() -> {
            DURABLE.directory(directory, mode);
            return true;
        });
    }

    @Override
    public void file(Path file, Set<PosixFilePermission> mode, InputStream content) throws IOException {
        change(() -> {
            DURABLE.file(file, mode, content);
            return true;
        });
    }

    @Override
    public void time(Path path, FileTime time) throws IOException {
        DURABLE.time(path, time);
    }

    @Override
    public void sync(Path tree) throws IOException {
        change(() -> {
            DURABLE.sync(tree);
            return true;
        });
    }
}
