package io.k3j.cli.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// Ends the process after a change.
final class EndingDisk extends FullDisk {
    private final int end;
    private int changes;

    static final class Ended extends Error {
        private static final long serialVersionUID = 1L;
    }

    EndingDisk(int end) {
        super(Integer.MAX_VALUE);
        this.end = end;
    }

    private void count() {
        if (++changes >= end) {
            throw new Ended();
        }
    }

    @Override
    public void link(Path link, String target) throws IOException {
        super.link(link, target);
        count();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        super.rename(from, to);
        count();
    }

    @Override
    public void directory(Path directory, Set<PosixFilePermission> mode) throws IOException {
        super.directory(directory, mode);
        count();
    }

    @Override
    public void file(Path file, Set<PosixFilePermission> mode, InputStream content) throws IOException {
        super.file(file, mode, content);
        count();
    }

    @Override
    public void sync(Path tree) throws IOException {
        super.sync(tree);
        count();
    }
}
