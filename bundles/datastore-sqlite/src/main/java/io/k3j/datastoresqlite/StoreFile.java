package io.k3j.datastoresqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The database file and its directory: rights, the lock that keeps a second server away, and a look at
/// the file's head before SQLite may touch it.
final class StoreFile implements AutoCloseable {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OPEN = "open\n".getBytes(StandardCharsets.US_ASCII);
    private static final String DIRECTORY = "server/db";
    private static final int HEADER = 100;
    private static final Set<PosixFilePermission> DIRECTORY_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");
    private final Path file;
    private final FileChannel lockFile;
    private final FileLock lock;

    private StoreFile(Path file, FileChannel lockFile, FileLock lock) {
        this.file = file;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// Takes `<dataDir>/server/db/state.db` for this process; makes the directory and an empty file when
    /// they are missing. A damaged file is left as it is.
    /// @throws DamagedStore if the file is not an SQLite database
    /// @throws StoreInUse if another server has it
    /// @throws MissingPart if a file is gone that holds acknowledged writes
    static StoreFile take(Path dataDir) throws IOException {
        Path file = in(dataDir);
        Path directory = dataDir.resolve(DIRECTORY);
        check(file);
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, DIRECTORY_MODE);
        }
        FileChannel channel = FileChannel.open(lockPath(file),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(FILE_MODE));
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new StoreInUse("another server is using the datastore " + file
                    + "; stop it first, or start this one with another --data-dir");
        }
        StoreFile store = new StoreFile(file, channel, lock);
        try {
            store.checkComplete();
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE_MODE));
            }
            return store;
        } catch (IOException e) {
            store.close();
            throw e;
        }
    }

    /// A server that did not stop in order has left acknowledged writes in the write-ahead log: without that file they
    /// would be lost in silence.
    private void checkComplete() throws IOException {
        if (lockFile.size() == 0) {
            return;
        }
        Path missing = !Files.exists(file) ? file : !Files.exists(wal()) ? wal() : null;
        if (missing != null) {
            throw new MissingPart(missing, lockPath(file));
        }
    }

    /// Notes that the files belong together from now on.
    void opened() throws IOException {
        lockFile.write(ByteBuffer.wrap(OPEN), 0);
        lockFile.force(true);
    }

    private static Path lockPath(Path file) {
        return file.resolveSibling("state.db.lock");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /// The file of a data directory.
    static Path in(Path dataDir) {
        return dataDir.resolve(DIRECTORY).resolve("state.db");
    }

    /// Whether it is there, empty, or begins like a database.
    /// @throws DamagedStore if it does not
    static void check(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isRegularFile(file)) {
            throw new DamagedStore(file, "it is not a regular file");
        }
        long size = Files.size(file);
        if (size == 0) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEADER);
            if (head.length < HEADER || !Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                throw new DamagedStore(file, "it does not begin like an SQLite database");
            }
        }
    }

    Path file() {
        return file;
    }

    /// SQLite's write-ahead log beside the file.
    Path wal() {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    /// Notes that SQLite is about to close the file in order, which takes the write-ahead log away.
    void closing() throws IOException {
        lockFile.truncate(0);
    }

    /// Lets others have it.
    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
