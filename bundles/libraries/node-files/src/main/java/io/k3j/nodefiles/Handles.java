package io.k3j.nodefiles;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Opens directories and files so that nobody can put another one in their place: by openat(2), one name after the
/// other, never through a link. A container may rename and link below its volumes at any moment; what a [Handle]
/// stands for stays the same. See <https://man7.org/linux/man-pages/man2/openat.2.html>. Any thread; short calls.
///
/// Java opens files by path only, and follows links in all parts of it but the last. So this asks the kernel itself;
/// what is done with the file then goes through [Handle#path].
public final class Handles {
    /// `AT_FDCWD`: a path that does not begin at a handle.
    private static final int AT_CURRENT = -100;
    /// Opens the place, not the content: it needs no permission to read, and a device or a pipe is not touched by it.
    private static final int O_PATH = 010000000;
    /// No program that is started meanwhile inherits the handle.
    private static final int O_CLOEXEC = 02000000;
    private static final int NO_ENTRY = 2;
    private static final int TYPE_MASK = 0170000;
    private static final int LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int FILE = 0100000;
    private static final String ERRNO = "errno";
    private final StructLayout state = Linker.Option.captureStateLayout();
    private final MethodHandle openAt;
    private final MethodHandle close;
    private final int flags;

    /// Looks up two functions of the C library. One object serves any number of threads.
    @SuppressWarnings("restricted")
    public Handles() {
        Linker linker = Linker.nativeLinker();
        openAt = linker.downcallHandle(linker.defaultLookup().find("openat").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT),
                Linker.Option.captureCallState(ERRNO));
        close = linker.downcallHandle(linker.defaultLookup().find("close").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        // O_NOFOLLOW is not the same number everywhere
        flags = O_PATH | O_CLOEXEC | (System.getProperty("os.arch").equals("aarch64") ? 0100000 : 0400000);
    }

    /// A directory whose parents no container can change; it is no link itself. Its parents are resolved as usual,
    /// links and all: they are the kubelet's own.
    /// @return to be closed by the caller
    /// @throws NoSuchFileException when there is none
    /// @throws FileSystemException for a link, or what is no directory
    public Handle directory(Path path) throws IOException {
        Handle h = noLink(open(AT_CURRENT, path.toString()));
        if (!h.isDirectory()) {
            h.close();
            throw new FileSystemException(path.toString(), null, "is not a directory");
        }
        return h;
    }

    /// With `O_PATH` and `O_NOFOLLOW` a link is opened as itself. So nothing can be swapped in between the look and the
    /// opening.
    /// @param at number of an open directory
    private Handle open(int at, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment why = arena.allocate(state);
            int number = (int) openAt.invokeExact(why, at, arena.allocateFrom(name), flags);
            if (number < 0) {
                int code = (int) state.varHandle(MemoryLayout.PathElement.groupElement(ERRNO)).get(why, 0L);
                throw code == NO_ENTRY ? new NoSuchFileException(name)
                        : new FileSystemException(name, null, "error " + code);
            }
            return new Handle(number, name);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Closes what it is given when it is a link.
    private static Handle noLink(Handle h) throws IOException {
        if (h.isLink()) {
            h.close();
            throw new FileSystemException(h.name, null, "is a link, which is not followed");
        }
        return h;
    }

    /// Something held open. To be closed by who asked for it, once. It keeps standing for the same directory or file
    /// when that is renamed, moved or deleted.
    public final class Handle implements AutoCloseable {
        private final int number;
        private final String name;

        private Handle(int number, String name) {
            this.number = number;
            this.name = name;
        }

        /// Where the kernel shows it while it is open; valid for this process only. The kernel leads from there to the
        /// very file that is open, without resolving any name again; so java.nio can be used on it.
        public Path path() {
            return Path.of("/proc/self/fd/" + number);
        }

        /// Type and permissions, as of stat(2).
        public int mode() throws IOException {
            return (int) Files.getAttribute(path(), "unix:mode");
        }

        /// Whether it is a directory, and no link to one.
        public boolean isDirectory() throws IOException {
            return (mode() & TYPE_MASK) == DIRECTORY;
        }

        /// Whether it is a regular file, which is read without waiting for anybody.
        boolean isFile() throws IOException {
            return (mode() & TYPE_MASK) == FILE;
        }

        boolean isLink() throws IOException {
            return (mode() & TYPE_MASK) == LINK;
        }

        /// The place of a name in this directory; anyone who uses it must not follow it if it is a link. Does not look
        /// whether anything is there.
        /// @throws FileSystemException for anything but one name
        public Path entry(String child) throws IOException {
            if (child.isEmpty() || child.equals(".") || child.equals("..") || child.indexOf('/') >= 0) {
                throw new FileSystemException(child, null, "is not the name of a file");
            }
            return path().resolve(child);
        }

        /// What has a name in this directory, unless it is a link.
        /// @return to be closed by the caller
        /// @throws NoSuchFileException when nothing has
        /// @throws FileSystemException for a link
        public Handle child(String child) throws IOException {
            return noLink(childOrLink(child));
        }

        /// What has a name in this directory, a link as itself.
        /// @return to be closed by the caller
        /// @throws NoSuchFileException when nothing has
        Handle childOrLink(String child) throws IOException {
            entry(child);
            return open(number, child);
        }

        /// What a relative path leads to without any link on its way; a handle of its own even for the empty path.
        /// @param relative no part of it may be `..`
        /// @return to be closed by the caller
        /// @throws NoSuchFileException when a part is missing
        public Handle walk(Path relative) throws IOException {
            Handle at = open(number, ".");
            for (Path part : relative) {
                if (part.toString().isEmpty()) {
                    continue;
                }
                try (Handle before = at) {
                    at = before.child(part.toString());
                }
            }
            return at;
        }

        /// A second call would close whatever got the number meanwhile: `try` with resources only.
        @Override
        public void close() throws IOException {
            try {
                int _ = (int) close.invokeExact(number);
            } catch (Throwable e) {
                throw new IOException("close " + name, e);
            }
        }
    }
}
