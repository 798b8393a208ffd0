package io.k3j.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Mounts file systems in memory and takes mounts away, by mount(2) and umount2(2). Any thread.
///
/// All of it is done by one platform thread: while many pods come and go the kernel makes everyone wait who changes or
/// reads the mount table, and a virtual thread that waits there keeps its carrier from all others.
final class Mounts {
    private static final long NOSUID = 2;
    private static final long NODEV = 4;
    private static final long BIND = 4096;
    private static final int DETACH = 2;
    private static final String ERRNO = "errno";
    private static final long IDLE_SECONDS = 10;
    private final StructLayout state = Linker.Option.captureStateLayout();
    private final MethodHandle mount;
    private final MethodHandle unmount;
    private final MountTable table;
    /// Ends when it is idle. What waits for it is bounded by the callers, who wait themselves.
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("mounts").factory());

    Mounts() {
        this(Path.of("/proc/self/mountinfo"));
    }

    /// @param table of what is mounted, as `/proc/self/mountinfo` has it
    @SuppressWarnings("restricted")
    Mounts(Path table) {
        this.table = new MountTable(table);
        thread.allowCoreThreadTimeOut(true);
        Linker linker = Linker.nativeLinker();
        Linker.Option errno = Linker.Option.captureCallState(ERRNO);
        mount = linker.downcallHandle(linker.defaultLookup().find("mount").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                errno);
        unmount = linker.downcallHandle(linker.defaultLookup().find("umount2").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT), errno);
    }

    /// Puts an empty file system in memory over a directory, unless something is mounted there already.
    void tmpfs(Path directory, String options) throws IOException {
        away(() -> {
            if (!isMounted(directory)) {
                mount("tmpfs", directory, "tmpfs", NOSUID | NODEV, options);
            }
            return directory;
        });
    }

    /// Shows a directory or file at another place too, where one of the same kind is.
    void bind(Path source, Path target) throws IOException {
        away(() -> {
            mount(source.toString(), target, "none", BIND, "");
            return target;
        });
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    /// Lets the platform thread do it and waits, which no interrupt cuts short.
    private <T> T away(Call<T> call) throws IOException {
        try {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return call.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }, thread).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException problem) {
                throw problem.getCause();
            }
            throw e;
        }
    }

    private void mount(String source, Path target, String type, long flags, String options) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment why = arena.allocate(state);
            int result = (int) mount.invokeExact(why, arena.allocateFrom(source),
                    arena.allocateFrom(target.toString()), arena.allocateFrom(type), flags,
                    arena.allocateFrom(options));
            if (result != 0) {
                throw failure("mount " + type + " on " + target, why);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes everything away that is mounted at or below a path, the last first.
    /// @throws IOException when anything is still mounted there
    void unmountBelow(Path directory) throws IOException {
        away(() -> {
            clear(real(directory));
            return directory;
        });
    }

    private void clear(String at) throws IOException {
        for (String point : table.below(at).reversed()) {
            detach(point);
        }
        List<String> left = table.below(at);
        if (!left.isEmpty()) {
            throw new IOException("still mounted: " + left.getFirst());
        }
    }

    /// A path as the mount table has it: its parents without links, its own name as it is.
    private static String real(Path path) throws IOException {
        Path parent = path.getParent();
        return parent == null || !Files.exists(parent) ? path.toString()
                : parent.toRealPath().resolve(path.getFileName()).toString();
    }

    private void detach(String point) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment why = arena.allocate(state);
            MemorySegment name = text(arena, MountTable.bytes(point));
            int result = (int) unmount.invokeExact(why, name, DETACH);
            if (result != 0) {
                throw failure("unmount " + point, why);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MemorySegment text(Arena arena, byte[] bytes) {
        // a text for the kernel ends with a zero
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(bytes, bytes.length + 1));
    }

    private IOException failure(String what, MemorySegment why) {
        int code = (int) state.varHandle(MemoryLayout.PathElement.groupElement(ERRNO)).get(why, 0L);
        return new IOException(what + ": error " + code);
    }

    /// Whether something is mounted at a directory.
    boolean mounted(Path directory) throws IOException {
        return away(() -> isMounted(directory));
    }

    private boolean isMounted(Path directory) throws IOException {
        return table.has(real(directory));
    }
}
