package io.k3j.testkitbase;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Deletes what tests have written.
public final class Deletion {
    private Deletion() {
    }

    /// Deletes a file, or a directory with all that is in it; links are not followed. What somebody else deletes
    /// meanwhile is gone as well.
    /// @throws IOException when something cannot be deleted, or was made meanwhile: who writes there has not ended
    public static void of(Path root) throws IOException {
        Files.walkFileTree(root, new Deleting(true));
    }

    /// The same for directories the kernel keeps the files of, as those of control groups.
    public static void ofDirectories(Path root) throws IOException {
        Files.walkFileTree(root, new Deleting(false));
    }

    private static final class Deleting extends SimpleFileVisitor<Path> {
        private final boolean files;

        Deleting(boolean files) {
            this.files = files;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (files) {
                Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            return gone(failure);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                gone(failure);
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }

        private static FileVisitResult gone(IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }
}
