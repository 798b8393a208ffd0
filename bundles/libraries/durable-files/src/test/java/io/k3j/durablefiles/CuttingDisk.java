package io.k3j.durablefiles;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// Tells of every moment between two steps of a disk, those just before and after each sync among them.
record CuttingDisk(Disk disk, Moments moments) implements Disk {
    /// Takes what a power cut would leave.
    interface Moments {
        /// What was done last may be lost.
        void unsynced(String where) throws IOException;

        /// What was done last may not be lost.
        void synced(String where) throws IOException;
    }

    @Override
    public void create(Path file, Set<PosixFilePermission> mode) throws IOException {
        disk.create(file, mode);
        moments.unsynced("after it was created: " + file.getFileName());
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
        disk.write(file, content);
        moments.unsynced("after it was written: " + file.getFileName());
    }

    @Override
    public void sync(Path fileOrDirectory) throws IOException {
        disk.sync(fileOrDirectory);
        moments.synced("after the sync of " + fileOrDirectory.getFileName());
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
        moments.unsynced("after the rename to " + to.getFileName());
    }
}
