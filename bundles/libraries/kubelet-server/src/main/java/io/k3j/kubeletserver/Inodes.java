package io.k3j.kubeletserver;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// How many files a file system can have and how many more it takes, by statvfs(3): Java tells bytes only. Any thread;
/// blocks as long as the file system does.
final class Inodes {
    /// `struct statvfs` of Linux with 64 bits, which has `f_files` and `f_ffree` as its sixth and seventh word.
    private static final long STRUCT_BYTES = 112;
    private static final long ALL = 5L * Long.BYTES;
    private static final long FREE = 6L * Long.BYTES;
    private final MethodHandle statvfs;

    /// Of a file system.
    ///
    /// @param all in use and free; 0 where the file system has no such bound
    record Count(long all, long free) {
    }

    @SuppressWarnings("restricted")
    Inodes() {
        Linker linker = Linker.nativeLinker();
        statvfs = linker.downcallHandle(linker.defaultLookup().find("statvfs").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// Of the file system that a path is on.
    /// @throws IOException when the kernel does not tell
    Count of(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment told = arena.allocate(STRUCT_BYTES, Long.BYTES);
            if (call(arena.allocateFrom(path.toString()), told) != 0) {
                throw new IOException("statvfs of " + path + " failed");
            }
            return new Count(told.get(ValueLayout.JAVA_LONG, ALL), told.get(ValueLayout.JAVA_LONG, FREE));
        }
    }

    private int call(MemorySegment path, MemorySegment told) {
        try {
            return (int) statvfs.invokeExact(path, told);
        } catch (Throwable e) {
            throw new IllegalStateException("statvfs cannot be called", e);
        }
    }
}
