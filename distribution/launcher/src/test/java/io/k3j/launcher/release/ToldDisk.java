package io.k3j.launcher.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The real disk, which tells when the last rename of a commit is made.
///
/// @param renamed is given `previous`
record ToldDisk(CompletableFuture<Path> renamed) implements ReleaseDisk {
    @Override
    public void link(Path link, String target) throws IOException {
        DURABLE.link(link, target);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        DURABLE.rename(from, to);
        if (to.endsWith("previous")) {
            renamed.complete(to);
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
