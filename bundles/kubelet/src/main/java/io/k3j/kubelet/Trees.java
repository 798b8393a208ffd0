package io.k3j.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/// Directory trees.
final class Trees {
    private static final int DEPTH = 64;

    private Trees() {
    }

    /// Deletes a tree without following links, whatever is renamed or linked in it meanwhile; one that is not there is
    /// no failure. Nothing may be mounted in it. What lies deeper than [#DEPTH] is moved to its top first, so that no
    /// tree takes more than so many open files.
    static void delete(Path root) throws IOException {
        try (SecureDirectoryStream<Path> parent = secure(Files.newDirectoryStream(parent(root)))) {
            Path name = root.getFileName();
            if (!directory(parent, name)) {
                parent.deleteFile(name);
                return;
            }
            for (Emptying pass = new Emptying(); pass.again;) {
                pass.again = false;
                try (SecureDirectoryStream<Path> top = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    pass.empty(top, top, 1);
                }
            }
            parent.deleteDirectory(name);
        } catch (NoSuchFileException e) {
            // somebody else was faster
        }
    }

    private static Path parent(Path root) throws IOException {
        Path parent = root.getParent();
        if (parent == null) {
            throw new IOException(root + " cannot be deleted");
        }
        return parent;
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> s) {
            return s;
        }
        stream.close();
        throw new IOException("this file system cannot be walked safely");
    }

    private static boolean directory(SecureDirectoryStream<Path> in, Path name) throws IOException {
        return in.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes()
                .isDirectory();
    }

    /// One pass over a tree.
    static final class Emptying {
        private boolean again = true;
        private int moved;

        void empty(SecureDirectoryStream<Path> in, SecureDirectoryStream<Path> top, int depth)
                throws IOException {
            try {
                for (Path p : in) {
                    try {
                        one(in, p.getFileName(), top, depth);
                    } catch (NoSuchFileException e) {
                        again = true;
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }

        private void one(SecureDirectoryStream<Path> in, Path name, SecureDirectoryStream<Path> top, int depth)
                throws IOException {
            if (!directory(in, name)) {
                in.deleteFile(name);
            } else if (depth == DEPTH) {
                in.move(name, top, Path.of("..deep" + Long.toHexString(System.nanoTime()) + "." + moved++));
                again = true;
            } else {
                try (SecureDirectoryStream<Path> below = in.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    empty(below, top, depth + 1);
                }
                in.deleteDirectory(name);
            }
        }
    }

    /// Bytes in the files of a tree.
    static long bytes(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.mapToLong(p -> {
                try {
                    BasicFileAttributes a = Files.readAttributes(p, BasicFileAttributes.class,
                            LinkOption.NOFOLLOW_LINKS);
                    return a.isRegularFile() ? a.size() : 0;
                } catch (IOException e) {
                    return 0;
                }
            }).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
