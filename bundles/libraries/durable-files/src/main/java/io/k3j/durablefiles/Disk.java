package io.k3j.durablefiles;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// What is asked of a file system, step by step: what is not synced may be lost, in any order. `PowerCutTest` puts
/// another one in its place and cuts the power between any two steps.
interface Disk {
    /// The real one.
    Disk REAL = new Disk() {
        @Override
        public void create(Path file, Set<PosixFilePermission> mode) throws IOException {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
            // what the umask took away
            Files.setPosixFilePermissions(file, mode);
        }

        @Override
        public void write(Path file, byte[] content) throws IOException {
            Files.write(file, content, StandardOpenOption.WRITE);
        }

        @Override
        public void sync(Path fileOrDirectory) throws IOException {
            try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    };

    /// Makes an empty file in place of any that is there. With its mode from the beginning, so that a secret is at
    /// no moment readable by others.
    ///
    /// @throws IOException when the directory is missing or may not be written
    void create(Path file, Set<PosixFilePermission> mode) throws IOException;

    /// Puts the content into a file that exists and is empty.
    void write(Path file, byte[] content) throws IOException;

    /// Returns when the content of a file, or the names in a directory, are on stable storage.
    void sync(Path fileOrDirectory) throws IOException;

    /// Gives a file its name in one step: whoever opens the name finds the old file or the new one.
    void rename(Path from, Path to) throws IOException;
}
