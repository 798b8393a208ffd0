package io.k3j.launcher.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// The real disk, which tells of the last rename of a commit.
///
/// @param before is given `previous` before it
/// @param after the same when it is made
record ToldDisk(Told before, Told after) implements ReleaseDisk {
    interface Told {
        void of(Path to) throws IOException;
    }

    @Override
    public void link(Path link, String target) throws IOException {
        DURABLE.link(link, target);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (to.endsWith("previous")) {
            before.of(to);
        }
        DURABLE.rename(from, to);
        if (to.endsWith("previous")) {
            after.of(to);
        }
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return DURABLE.delete(path);
    }

    @Override
    public void directory(Path directory, Set<PosixFilePermission> mode) throws IOException {
        DURABLE.directory(directory, mode);
    }

    @Override
    public void file(Path file, Set<PosixFilePermission> mode, InputStream content) throws IOException {
        DURABLE.file(file, mode, content);
    }

    @Override
    public void time(Path path, FileTime time) throws IOException {
        DURABLE.time(path, time);
    }

    @Override
    public void sync(Path tree) throws IOException {
        DURABLE.sync(tree);
    }
}
