package io.k3j.launcher.release;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;

/// The changes that are made to the disk, one by one. A test puts another one in its place that ends the process
/// before or after any of them. Any thread; each call blocks for the disk.
public interface ReleaseDisk {
    /// The real one: what has returned from [#link], [#rename], [#delete] or [#sync] survives a power failure.
    ReleaseDisk DURABLE = new Durable();

    /// Makes a symbolic link.
    /// @throws IOException when something has that name
    void link(Path link, String target) throws IOException;

    /// Gives a link or directory another name of the same directory in one step, in place of a link that has it.
    /// @throws IOException when there is no `from`
    void rename(Path from, Path to) throws IOException;

    /// Deletes a file, a link or a directory with all that is in it.
    /// @return whether it was there
    boolean delete(Path path) throws IOException;

    /// Makes a directory whose parent exists; lost with the power until [#sync].
    void directory(Path directory, Set<PosixFilePermission> mode) throws IOException;

    /// Makes a file, closes nothing; lost with the power until [#sync].
    void file(Path file, Set<PosixFilePermission> mode, InputStream content) throws IOException;

    /// Sets the time of the last change, which the caches of the virtual machine compare.
    void time(Path path, FileTime time) throws IOException;

    /// Returns when a directory and everything in it is on stable storage.
    void sync(Path tree) throws IOException;

    /// By the file system.
    final class Durable implements ReleaseDisk {
        private Durable() {
        }

        @Override
        public void link(Path link, String target) throws IOException {
            Files.createSymbolicLink(link, Path.of(target));
            force(parent(link));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            DurableFiles.move(from, to);
        }

        @Override
        public boolean delete(Path path) throws IOException {
            boolean was = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? tree(path) : Files.deleteIfExists(path);
            if (was) {
                force(parent(path));
            }
            return was;
        }

        private static boolean tree(Path path) throws IOException {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
            return true;
        }

        @Override
        public void directory(Path directory, Set<PosixFilePermission> mode) throws IOException {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, mode);
        }

        @Override
        public void file(Path file, Set<PosixFilePermission> mode, InputStream content) throws IOException {
            Files.copy(content, file);
            Files.setPosixFilePermissions(file, mode);
        }

        @Override
        public void time(Path path, FileTime time) throws IOException {
            Files.setLastModifiedTime(path, time);
        }

        @Override
        public void sync(Path tree) throws IOException {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isRegularFile()) {
                        force(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                    force(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        }

        private static Path parent(Path path) {
            return Objects.requireNonNull(path.toAbsolutePath().getParent());
        }

        private static void force(Path path) throws IOException {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
