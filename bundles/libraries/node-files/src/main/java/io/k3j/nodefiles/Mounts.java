package io.k3j.nodefiles;

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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Mounts file systems in memory and takes mounts away, by mount(2) and umount2(2). Any thread.
///
/// All of it is done by one platform thread: while many pods come and go the kernel makes everyone wait who changes or
/// reads the mount table, and a virtual thread that waits there keeps its carrier from all others.
///
/// Every call waits for that thread, so for the mounts of all pods that are in the queue before it. Mounts are the
/// kernel's: they outlive this object and the process, and the next kubelet finds them in the table. A failure is an
/// `IOException` with the number of the error, as errno(3) has it.
public final class Mounts {
    /// `MS_NOSUID`: a set-user-id bit of a file in it means nothing.
    private static final long NOSUID = 2;
    /// `MS_NODEV`: a device file made there opens no device.
    private static final long NODEV = 4;
    private static final long BIND = 4096;
    /// `MNT_DETACH`: the mount goes from the table at once, also while somebody uses it, who keeps what is open.
    private static final int DETACH = 2;
    private static final String ERRNO = "errno";
    /// What mount(2) says of an option that it does not know, or does not allow.
    private static final int EINVAL = 22;
    private static final long IDLE_SECONDS = 10;
    private final StructLayout state = Linker.Option.captureStateLayout();
    private final MethodHandle mount;
    private final MethodHandle unmount;
    /// Read only on the platform thread, too: the kernel makes a reader wait as it does who mounts.
    private final MountTable table;
    /// Ends when it is idle. What waits for it is bounded by the callers, who wait themselves.
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("mounts").factory());
    /// Whether the kernel takes the option `noswap`, as long as it has not refused it.
    private volatile boolean noswap = true;

    /// Those of this process. Starts no thread yet.
    public Mounts() {
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

    /// Puts an empty file system in memory over a directory, unless something is mounted there already. Where
    /// [#unswapped] holds nothing of it reaches a disk by swapping, as upstream has it.
    /// @param directory exists already
    /// @param options of tmpfs(5), as `mode=0755,size=8m`; not empty
    /// @throws IOException when the kernel refuses; nothing is mounted then
    public void tmpfs(Path directory, String options) throws IOException {
        away(() -> {
            if (!isMounted(directory)) {
                inMemory(directory, options);
            }
            return directory;
        });
    }

    /// That an option is wrong does not say which: the one is at fault without which the rest is taken.
    private void inMemory(Path directory, String options) throws IOException {
        if (noswap) {
            int error = tried("tmpfs", directory, "tmpfs", NOSUID | NODEV, options + ",noswap");
            if (error == 0) {
                return;
            }
            if (error != EINVAL) {
                throw failure("mount tmpfs on " + directory, error);
            }
        }
        mount("tmpfs", directory, "tmpfs", NOSUID | NODEV, options);
        noswap = false;
    }

    /// Whether file systems in memory stay there where the machine swaps: the kernel does so from Linux 6.4 on, but
    /// not for who is in a user namespace. Tried with a mount that goes at once.
    /// @param place an existing directory, in which one is made for it
    /// @throws IOException when nothing can be mounted there
    public boolean unswapped(Path place) throws IOException {
        Path scratch = Files.createTempDirectory(place, "noswap-");
        try {
            tmpfs(scratch, "size=4096");
        } finally {
            unmountBelow(scratch);
            Files.delete(scratch);
        }
        return noswap;
    }

    /// Puts an empty file system of huge pages over a directory, unless there is one already.
    /// @param directory exists already
    /// @param pageSize bytes of a page
    /// @return bytes of a page of what is mounted there
    /// @throws IOException when the kernel refuses, as for a size that it does not know
    public long hugetlbfs(Path directory, long pageSize) throws IOException {
        return away(() -> {
            OptionalLong there = table.hugePages(real(directory));
            if (there.isEmpty()) {
                mount("nodev", directory, "hugetlbfs", NOSUID | NODEV, "pagesize=" + pageSize);
            }
            return there.orElse(pageSize);
        });
    }

    /// Shows a directory or file at another place too, where one of the same kind is.
    /// @param source may be a path of [Handles.Handle#path]: the kernel then binds the very file that is open
    /// @param target no link, and nobody but the kubelet can make it one
    /// @throws IOException when the kernel refuses
    public void bind(Path source, Path target) throws IOException {
        away(() -> {
            mount(source.toString(), target, "none", BIND, "");
            return target;
        });
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    /// Lets the platform thread do it and waits, which no interrupt cuts short. An interrupt must not leave a caller
    /// thinking that nothing was mounted while the thread still does it.
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

    /// @param flags of mount(2), added up
    private void mount(String source, Path target, String type, long flags, String options) throws IOException {
        int error = tried(source, target, type, flags, options);
        if (error != 0) {
            throw failure("mount " + type + " on " + target, error);
        }
    }

    /// @return 0 when it is mounted, else the number of the error
    private int tried(String source, Path target, String type, long flags, String options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment why = arena.allocate(state);
            int result = (int) mount.invokeExact(why, arena.allocateFrom(source),
                    arena.allocateFrom(target.toString()), arena.allocateFrom(type), flags,
                    arena.allocateFrom(options));
            return result == 0 ? 0 : error(why);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes everything away that is mounted at or below a path, the last first. A path that is not there has nothing
    /// mounted at it. New mounts made below it meanwhile are not waited for: they are what is reported as left.
    /// @throws IOException when anything is still mounted there
    public void unmountBelow(Path directory) throws IOException {
        away(() -> {
            clear(real(directory));
            return directory;
        });
    }

    /// Backwards in the order of mounting, so that what lies on another mount goes before it.
    private void clear(String at) throws IOException {
        for (String point : table.below(at).reversed()) {
            detach(point);
        }
        List<String> left = table.below(at);
        if (!left.isEmpty()) {
            throw new IOException("still mounted: " + left.getFirst());
        }
    }

    /// A path as the mount table has it: its parents without links, its own name as it is. The table holds real paths.
    /// The last name is not resolved: it may be a link a container left, and what it points at is not ours to unmount.
    private static String real(Path path) throws IOException {
        Path parent = path.getParent();
        return parent == null || !Files.exists(parent) ? path.toString()
                : parent.toRealPath().resolve(path.getFileName()).toString();
    }

    /// @param point as [MountTable#below] has it
    private void detach(String point) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment why = arena.allocate(state);
            MemorySegment name = text(arena, MountTable.bytes(point));
            int result = (int) unmount.invokeExact(why, name, DETACH);
            if (result != 0) {
                throw failure("unmount " + point, error(why));
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

    /// The error is read from the state captured with the call: any other call of this thread would change it.
    private int error(MemorySegment why) {
        return (int) state.varHandle(MemoryLayout.PathElement.groupElement(ERRNO)).get(why, 0L);
    }

    private static IOException failure(String what, int error) {
        return new IOException(what + ": error " + error);
    }

    /// Whether something is mounted at a directory.
    /// @throws IOException when the table cannot be read
    public boolean mounted(Path directory) throws IOException {
        return away(() -> isMounted(directory));
    }

    /// Whether something is mounted at a path or below it.
    /// @throws IOException when the table cannot be read
    public boolean mountedBelow(Path path) throws IOException {
        return away(() -> !table.below(real(path)).isEmpty());
    }

    /// The device of the file system that is mounted at a path, as `major:minor`: mounts of one file system have the
    /// same. Nothing of the file system itself is asked, which may not answer.
    /// @return empty where nothing is mounted
    /// @throws IOException when the table cannot be read
    public Optional<String> device(Path path) throws IOException {
        return away(() -> table.device(real(path)));
    }

    private boolean isMounted(Path directory) throws IOException {
        return table.has(real(directory));
    }
}
