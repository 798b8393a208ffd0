package io.k3j.launcher;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Which directories a start had to make. A server or agent that is refused before it belongs to a cluster takes
/// them back, so that nothing tells it was ever started; what was there before is never touched.
final class Footprint {
    private static final System.Logger LOG = System.getLogger("io.k3j.launcher");

    private final Path dataDir;
    private final boolean fresh;
    private final List<Path> made = new ArrayList<>();

    private Footprint(Path dataDir, boolean fresh) {
        this.dataDir = dataDir;
        this.fresh = fresh;
    }

    /// Looks at the data directory before anything is written.
    static Footprint before(Path dataDir) {
        Path path = dataDir.toAbsolutePath().normalize();
        Footprint print = new Footprint(path, Files.notExists(path) || empty(path));
        for (Path missing = path; missing != null && Files.notExists(missing); missing = missing.getParent()) {
            print.made.add(missing);
        }
        return print;
    }

    private static boolean empty(Path directory) {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        } catch (IOException unreadable) {
            return false;
        }
    }

    /// Removes what was made since, if there was nothing in the data directory before. Symbolic links and other
    /// file systems are not followed.
    void undo() {
        if (!fresh || Files.notExists(dataDir)) {
            return;
        }
        try {
            Files.walkFileTree(dataDir, new Removal(dataDir));
            for (Path directory : made) {
                if (!empty(directory)) {
                    return;
                }
                Files.delete(directory);
            }
        } catch (IOException kept) {
            LOG.log(Level.WARNING, "Cannot remove after the refused start: " + kept);
        }
    }

    /// Deletes below a directory, which itself stays.
    private static final class Removal extends SimpleFileVisitor<Path> {
        private final Path top;
        private final Object store;

        Removal(Path top) throws IOException {
            this.top = top;
            this.store = Files.getFileStore(top);
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            return Files.getFileStore(directory).equals(store) ? FileVisitResult.CONTINUE
                    : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (!directory.equals(top)) {
                Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
