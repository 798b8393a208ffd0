package io.k3j.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// The data directory, held by one process at a time. The lock is the kernel's, so it ends with the
/// process however that ends.
final class DataDir implements AutoCloseable {
    private static final FileAttribute<?> OWNER_ONLY = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final long LEAST_SPACE = 64L << 20;
    private static final String LOCK = "bundles/lock";
    /// The console's, the longest path of a socket in the data directory.
    private static final String SOCKET = "bundles/console.sock";
    /// As many bytes as a socket's path can have: the virtual machine takes two less than Linux, which takes 108.
    private static final int LONGEST_SOCKET = 106;

    private final Path path;
    private final FileChannel channel;

    private DataDir(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Refuses a path that is too long for the sockets in it, without writing anything.
    static void refuseLong(Path dataDir) throws StartFailure {
        Path socket = dataDir.resolve(SOCKET);
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET) {
            throw new StartFailure("the path of the data directory " + dataDir + " is too long: " + socket + " has "
                    + length + " bytes and the path of a socket has " + LONGEST_SOCKET
                    + " at most; choose a shorter one with --data-dir (at most "
                    + (LONGEST_SOCKET - SOCKET.length() - 1) + " bytes)");
        }
    }

    /// Refuses a directory another process holds, without writing anything.
    static void refuseHeld(Path dataDir) throws StartFailure {
        try (FileChannel channel = FileChannel.open(dataDir.resolve(LOCK), StandardOpenOption.WRITE)) {
            if (!locked(channel)) {
                throw held(dataDir);
            }
        } catch (IOException e) {
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.DEBUG, "no lock yet", e);
        }
    }

    /// Refuses to begin on a full disk, without writing anything.
    static void refuseFull(Path dataDir) throws StartFailure {
        Path there = dataDir.toAbsolutePath();
        while (there.getParent() != null && Files.notExists(there)) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            // file systems that hold no files, such as /proc, have no size; they are told by what fails
            if (store.getTotalSpace() > 0 && store.getUsableSpace() < LEAST_SPACE) {
                throw new StartFailure("no space for the data directory " + dataDir + ": " + store.getUsableSpace()
                        + " bytes are free on " + store + " and at least " + LEAST_SPACE
                        + " are needed; free some, or choose another place with --data-dir");
            }
        } catch (IOException e) {
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.DEBUG, "free space unknown", e);
        }
    }

    static DataDir take(Path dataDir) throws StartFailure {
        Path file = dataDir.resolve(LOCK);
        try {
            Files.createDirectories(dataDir);
            // sockets and code of the operator live here: nobody else may enter
            if (Files.notExists(file.getParent())) {
                Files.createDirectory(file.getParent(), OWNER_ONLY);
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                return new DataDir(dataDir, channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new StartFailure("cannot use the data directory " + dataDir + ": " + e
                    + "; choose another with --data-dir, or run as root", e);
        }
        throw held(dataDir);
    }

    private static StartFailure held(Path dataDir) {
        return new StartFailure("another k3s already runs on the data directory " + dataDir
                + "; stop it first, or choose another with --data-dir");
    }

    Path path() {
        return path;
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.DEBUG, "lock not closed", e);
        }
    }
}
