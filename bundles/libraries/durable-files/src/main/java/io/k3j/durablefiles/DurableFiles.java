package io.k3j.durablefiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Replaces small files so that a crash or a power cut leaves the old content or the new one, and the new one once the
/// call has returned. Any thread; a call blocks until the disk has synced. An interrupt does not cut it short: it is
/// there for the caller afterwards.
///
/// ```
/// .NAME.new, with its mode ─► content ─► fsync ─► rename to NAME ─► fsync of the directory
/// ```
public final class DurableFiles {
    private DurableFiles() {
    }

    /// Replaces a file, or makes it, in a directory that exists. Two writers of one file at a time disturb each
    /// other, since both use the same neighbour: callers see to it that a file has one writer.
    ///
    /// @param content the whole of it, held in memory
    /// @param mode in the form `rw-------`; nobody else can read the content at any moment
    /// @throws IOException when the disk is full, the directory is missing or may not be written: the old content
    /// is still there, and perhaps a neighbour `.NAME.new`, which the next write replaces. Once the rename is done
    /// the new content is there, be it that the last sync failed.
    public static void write(Path file, byte[] content, String mode) throws IOException {
        write(Disk.REAL, file, content, PosixFilePermissions.fromString(mode));
    }

    /// The same with text in UTF-8.
    ///
    /// @throws IOException as [#write(Path,byte\[\],String)]
    public static void write(Path file, String text, String mode) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8), mode);
    }

    /// The same on a file system of a test's, which can lose what was not synced.
    static void write(Disk disk, Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        whole(() -> writeOnce(disk, file, content, mode));
    }

    /// What is done to the disk, as a value.
    private interface Steps {
        void run() throws IOException;
    }

    /// Channels close when their thread is interrupted, so a thread does it that nobody knows. An `IOException`
    /// comes back as it was; the caller waits without a limit, since a sync has none.
    private static void whole(Steps steps) throws IOException {
        CompletableFuture<Optional<IOException>> done = new CompletableFuture<>();
        Thread.ofPlatform().name("durable-files").daemon().start(() -> {
            try {
                steps.run();
                done.complete(Optional.empty());
            } catch (IOException e) {
                done.complete(Optional.of(e));
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        Optional<IOException> problem = done.join();
        if (problem.isPresent()) {
            throw problem.get();
        }
    }

    /// The content is synced before the rename: otherwise, after a power cut, the name may lead to a file of length
    /// zero. The directory is synced after it: otherwise the old name may come back although the call has returned.
    private static void writeOnce(Disk disk, Path file, byte[] content, Set<PosixFilePermission> mode)
            throws IOException {
        Path whole = file.toAbsolutePath();
        Path fresh = whole.resolveSibling("." + whole.getFileName() + ".new");
        disk.create(fresh, mode);
        disk.write(fresh, content);
        disk.sync(fresh);
        disk.rename(fresh, whole);
        disk.sync(parent(whole));
    }

    /// Gives what has been written under another name on the same file system its own one, in place of a file that
    /// has it. After a power cut it is there as it was written, or not at all. Of a directory only its list of
    /// names is synced: anyone who wrote the files in it has done so with them.
    ///
    /// @throws IOException when there is no `from`, or `to` is on another file system or a directory that is not
    /// empty; both stay as they are
    public static void move(Path from, Path to) throws IOException {
        move(Disk.REAL, from, to);
    }

    static void move(Disk disk, Path from, Path to) throws IOException {
        Path whole = to.toAbsolutePath();
        Path before = parent(from.toAbsolutePath());
        whole(() -> {
            disk.sync(from);
            disk.rename(from, whole);
            disk.sync(parent(whole));
            if (!before.equals(parent(whole))) {
                disk.sync(before);
            }
        });
    }

    /// Replaces a file by another one's content, which is held in memory meanwhile.
    ///
    /// @param mode as [#write(Path,byte\[\],String)]
    /// @throws IOException when there is no `from`, or as [#write(Path,byte\[\],String)]
    public static void copy(Path from, Path file, String mode) throws IOException {
        write(file, Files.readAllBytes(from), mode);
    }

    /// Makes a directory and those above it that are missing, for good: each is synced into the one above it. One
    /// that exists keeps its mode.
    ///
    /// @param mode in the form `rwx------`, for each that is made; the umask may take from it
    /// @throws IOException when a file stands in the way or one may not be made; those above it that were made stay
    public static void directories(Path directory, String mode) throws IOException {
        Path whole = directory.toAbsolutePath();
        if (Files.isDirectory(whole)) {
            return;
        }
        Path above = whole.getParent();
        if (above != null) {
            directories(above, mode);
        }
        Files.createDirectories(whole, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        whole(() -> Disk.REAL.sync(parent(whole)));
    }

    /// The root is its own parent, so that there is always a directory to sync.
    private static Path parent(Path whole) {
        Path parent = whole.getParent();
        return parent == null ? whole : parent;
    }
}
