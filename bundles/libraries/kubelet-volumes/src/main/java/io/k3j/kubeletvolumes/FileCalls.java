package io.k3j.kubeletvolumes;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Calls of the C library that read directories by handle and tell how many blocks a file takes, which Java does not.
/// Names stay the bytes that the kernel gives: a container may choose some that are no text. Any thread.
final class FileCalls {
    /// `AT_FDCWD`: a path that does not begin at a handle.
    static final int AT_CURRENT = -100;
    /// `struct dirent` of Linux with 64 bits: the name comes after inode, offset, length and type.
    private static final long NAME = 19;
    private static final byte DOT = '.';
    /// `AT_SYMLINK_NOFOLLOW` and `AT_NO_AUTOMOUNT`: what has the name itself, as it is.
    private static final int AS_IT_IS = 0x900;
    /// `STATX_TYPE`, `STATX_NLINK`, `STATX_INO` and `STATX_BLOCKS`.
    private static final int WANTED = 0x1 | 0x4 | 0x100 | 0x400;
    private static final int O_CLOEXEC = 02000000;
    /// The place, not the content: a device or a pipe is not touched by it.
    private static final int O_PATH = 010000000;
    private static final MemoryLayout LONG = ValueLayout.JAVA_LONG;
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout ADDRESS = ValueLayout.ADDRESS;
    private final MethodHandle openAt = find("openat", INT, INT, LONG, INT);
    private final MethodHandle close = find("close", INT, INT);
    private final MethodHandle openDirectory = find("fdopendir", LONG, INT);
    private final MethodHandle readDirectory = find("readdir", LONG, LONG);
    private final MethodHandle closeDirectory = find("closedir", INT, LONG);
    private final MethodHandle numberOf = find("dirfd", INT, LONG);
    private final MethodHandle statx = find("statx", INT, INT, LONG, INT, INT, ADDRESS);
    private final MethodHandle statvfs = find("statvfs", INT, ADDRESS, ADDRESS);
    /// All memory, for the names the C library points at.
    private final MemorySegment memory;
    private final int directoryOnly;
    private final int place;

    /// Looks up the functions. One object serves any number of threads.
    @SuppressWarnings("restricted")
    FileCalls() {
        memory = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        // O_DIRECTORY and O_NOFOLLOW are not the same numbers everywhere
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        directoryOnly = O_CLOEXEC | (arm ? 0140000 : 0600000);
        place = O_PATH | O_CLOEXEC | (arm ? 0100000 : 0400000);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle find(String name, MemoryLayout answer, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(answer, arguments));
    }

    private interface Call<T> {
        T run() throws Throwable;
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a function of the C library cannot be called", e);
        }
    }

    /// Opens a directory to read it, unless a link has its name.
    /// @param at number of an open directory, or [#AT_CURRENT]
    /// @param name address of a name that ends with 0
    /// @return to be closed by the caller; 0 when there is none, or it is no directory
    long open(int at, long name) {
        int number = call(() -> (int) openAt.invokeExact(at, name, directoryOnly));
        if (number < 0) {
            return 0;
        }
        long stream = call(() -> (long) openDirectory.invokeExact(number));
        if (stream == 0) {
            int _ = call(() -> (int) close.invokeExact(number));
        }
        return stream;
    }

    /// Holds what has a name, whatever kind of file it is, a link as itself.
    /// @param at number of an open directory, or [#AT_CURRENT]
    /// @return its number, for [#closePlace], and for the directory itself as `at`; negative when it cannot be had
    int place(int at, long name) {
        return call(() -> (int) openAt.invokeExact(at, name, place));
    }

    /// Closes what [#place] opened, once.
    void closePlace(int number) {
        int _ = call(() -> (int) close.invokeExact(number));
    }

    /// The next entry but `.` and `..`.
    /// @param stream as [#open] said
    /// @return the address of its name, valid until the next call; 0 at the end
    long next(long stream) {
        while (true) {
            long entry = call(() -> (long) readDirectory.invokeExact(stream));
            if (entry == 0 || !itself(entry + NAME)) {
                return entry == 0 ? 0 : entry + NAME;
            }
        }
    }

    private boolean itself(long name) {
        if (at(name) != DOT) {
            return false;
        }
        return at(name + 1) == 0 || at(name + 1) == DOT && at(name + 2) == 0;
    }

    private byte at(long address) {
        return memory.get(ValueLayout.JAVA_BYTE, address);
    }

    /// The number of an open directory.
    int number(long stream) {
        return call(() -> (int) numberOf.invokeExact(stream));
    }

    /// Closes what [#open] opened, once.
    void close(long stream) {
        int _ = call(() -> (int) closeDirectory.invokeExact(stream));
    }

    /// What an entry is.
    /// @param at number of an open directory, or [#AT_CURRENT]
    /// @param told 256 bytes, aligned to eight, where [FileState] reads
    /// @return false when nothing has the name any more
    boolean look(int at, long name, MemorySegment told) {
        return call(() -> (int) statx.invokeExact(at, name, AS_IT_IS, WANTED, told)) == 0;
    }

    /// As statvfs(3).
    /// @param told 112 bytes, aligned to eight
    /// @return false when the kernel does not tell
    boolean fileSystem(MemorySegment path, MemorySegment told) {
        return call(() -> (int) statvfs.invokeExact(path, told)) == 0;
    }
}
