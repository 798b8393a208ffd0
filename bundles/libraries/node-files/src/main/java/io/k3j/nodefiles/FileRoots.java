package io.k3j.nodefiles;

import io.k3j.nodefiles.Handles.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// Directories in which files may be shown to somebody, though containers write to them: links are followed while they
/// lead into one of them, and nowhere else. A container that has its own log directory as a `hostPath` could plant a
/// link to any file of the node there (as CVE-2017-1002101), and swap it in at any moment; so a path is resolved by
/// name first, and what is opened then is that very place, one name after the other without any link, or nothing. Any
/// thread; blocks for the disk.
public final class FileRoots {
    private final Handles handles = new Handles();
    private final List<Path> roots;

    /// Opens nothing yet. Directories that are missing hold nothing until they are there.
    ///
    /// @param roots absolute, at least one: paths begin at the first. No container can change their parents
    public FileRoots(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    /// Something held open: it stays the same, whatever is renamed or linked meanwhile. To be closed once.
    public static final class Held implements Closeable {
        private final Handle handle;

        private Held(Handle handle) {
            this.handle = handle;
        }

        /// Where this process can read it until it is closed.
        public Path path() {
            return handle.path();
        }

        @Override
        public void close() throws IOException {
            handle.close();
        }
    }

    /// Holds what a path leads to, whatever kind of file that is. A device or a pipe is not touched by it.
    ///
    /// @param below relative to the first root
    /// @return to be closed by the caller
    /// @throws NoSuchFileException when a part is missing
    /// @throws FileSystemException when it leads out of the roots, or was changed meanwhile
    public Held open(Path below) throws IOException {
        Path real = roots.getFirst().resolve(below).toRealPath();
        for (Path root : roots) {
            Path base = real(root);
            if (real.startsWith(base)) {
                try (Handle top = handles.directory(base)) {
                    return new Held(top.walk(base.relativize(real)));
                }
            }
        }
        throw new FileSystemException(below.toString(), null, "leads out of " + roots);
    }

    /// Holds a regular file, which is read without waiting for anybody, and to which no link leads. Only a root itself
    /// may be a link: it is the administrator's.
    ///
    /// @param file absolute; resolved by no name but those of the innermost root that it begins with
    /// @return to be closed by the caller
    /// @throws NoSuchFileException when a part is missing
    /// @throws FileSystemException for what lies in no root, has a link on its way, or is no regular file
    public Held regular(Path file) throws IOException {
        Handle it = inside(file);
        if (!it.isFile()) {
            it.close();
            throw new FileSystemException(file.toString(), null, "is no regular file");
        }
        return new Held(it);
    }

    /// Holds a directory to which no link leads, so that its entries can be renamed and deleted by [Held#path] and
    /// their names, whatever is put in its place meanwhile. An entry may be a link: who looks at one must not follow
    /// it.
    ///
    /// @param directory absolute, a root or below one, as with [#regular]
    /// @return to be closed by the caller
    /// @throws NoSuchFileException when a part is missing
    /// @throws FileSystemException for what lies in no root, has a link on its way, or is no directory
    public Held directory(Path directory) throws IOException {
        Handle it = inside(directory);
        if (!it.isDirectory()) {
            it.close();
            throw new FileSystemException(directory.toString(), null, "is no directory");
        }
        return new Held(it);
    }

    private Handle inside(Path path) throws IOException {
        Path root = roots.stream().filter(path::startsWith).max(Comparator.comparingInt(Path::getNameCount))
                .orElseThrow(() -> new FileSystemException(path.toString(), null, "does not lie in " + roots));
        try (Handle top = handles.directory(root.toRealPath())) {
            return top.walk(root.relativize(path));
        }
    }

    /// One that is missing is no failure of what lies in another.
    private static Path real(Path root) throws IOException {
        try {
            return root.toRealPath();
        } catch (NoSuchFileException e) {
            return root;
        }
    }
}
