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

/// The database file and its directory: permissions, the lock against a second server, and a check of the
/// file's header before SQLite opens it.
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

    /// Locks `<dataDir>/server/db/state.db` for this process; creates the directory and an empty file when
    /// missing. Does not change a damaged file.
    /// @throws DamagedStore when the file is no SQLite database
    /// @throws StoreInUse when another server has locked it
    /// @throws MissingPart when a file with acknowledged writes is missing
    static StoreFile lock(Path dataDir) throws IOException {
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
        FileLock locked = tryLock(channel);
        if (locked == null) {
            channel.close();
            throw new StoreInUse("another server is using the datastore " + file
                    + "; stop it first, or start this one with another --data-dir");
        }
        StoreFile store = new StoreFile(file, channel, locked);
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

    /// A server that was killed has left acknowledged writes in the write-ahead log: without that file they
    /// would be lost silently.
    private void checkComplete() throws IOException {
        if (lockFile.size() == 0) {
            return;
        }
        Path missing = !Files.exists(file) ? file : !Files.exists(wal()) ? wal() : null;
        if (missing != null) {
            throw new MissingPart(missing, lockPath(file));
        }
    }

    /// Marks the file as open: from now on it needs its write-ahead log.
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

    /// The database file of a data directory.
    static Path in(Path dataDir) {
        return dataDir.resolve(DIRECTORY).resolve("state.db");
    }

    /// Checks that the file is missing, empty, or starts with SQLite's header.
    /// @throws DamagedStore otherwise
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

    /// SQLite's write-ahead log.
    Path wal() {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    /// Removes the mark, before SQLite closes the file and deletes the write-ahead log.
    void closing() throws IOException {
        lockFile.truncate(0);
    }

    /// Releases the lock.
    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
