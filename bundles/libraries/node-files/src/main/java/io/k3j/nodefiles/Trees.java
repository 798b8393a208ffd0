package io.k3j.nodefiles;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;

/// Directory trees on this host. Any thread; blocks until it is done. It goes by handles of directories (`openat`,
/// `unlinkat`), as [SecureDirectoryStream] offers them on Linux; a path deeper than `PATH_MAX` is no trouble then.
public final class Trees {
    /// Directories open at once on the way down: each takes a descriptor.
    private static final int DEPTH = 64;

    private Trees() {
    }

    /// Deletes a tree without following links, whatever is renamed or linked in it meanwhile; one that is not there is
    /// no failure. Nothing may be mounted in it. What lies deeper than [#DEPTH] is moved to its top first, so that no
    /// tree takes more than so many open files. Mounts are taken away before, by [Mounts#unmountBelow]: nothing here
    /// sees where another file system begins.
    /// @param root its parents are the kubelet's own; it may be a file or a link, which goes itself
    /// @throws IOException when something cannot be removed; what was removed by then is gone, and a second call goes
    /// on
    public static void delete(Path root) throws IOException {
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

    /// @throws IOException where only paths would do: then nothing is removed
    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> s) {
            return s;
        }
        stream.close();
        throw new IOException("this file system cannot be walked safely");
    }

    /// Of the entry itself, a link is none.
    private static boolean directory(SecureDirectoryStream<Path> in, Path name) throws IOException {
        return in.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes()
                .isDirectory();
    }

    /// One pass over a tree. Repeated while something was moved to the top, or went away under its hands: then the
    /// listing was of another time.
    static final class Emptying {
        /// Whether another pass is needed.
        private boolean again = true;
        private int moved;

        /// @param in whose entries go
        /// @param top of the whole tree, to which is moved what lies too deep
        /// @param depth of `in`, 1 for the top
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
}
