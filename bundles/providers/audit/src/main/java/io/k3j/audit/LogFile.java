package io.k3j.audit;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The log as a file, rotated as upstream's (lumberjack): before it would become larger than its bound it gets the
/// time into its name, and a new one with its rights begins. What did not fit on the disk is taken back, so that the
/// next line begins where a line begins; what a process left that was killed in the middle of one gets its end. For one
/// thread at a time, whose interrupts change nothing: a channel would be closed by them.
///
/// What is no ordinary file (a pipe, a device), or is reached by a link, is written to and never rotated.
final class LogFile implements LogOutput {
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private final Path path;
    private final Retention retention;
    private final InstantSource clock;
    private final Runnable rotated;
    private @Nullable FileOutputStream open;
    private long size;
    private long rotateAbove;
    /// Of the file that was rotated away.
    private @Nullable FileRights rights;
    /// Whether the file ends in the middle of a line.
    private boolean torn;

    /// How the log is kept.
    /// @param mostMebibytes of the file before it is rotated; 0: it never is
    /// @param mostBackups that are kept; 0 for all
    /// @param mostDays that a backup is kept, by the time in its name; 0 for ever
    /// @param compress whether backups are compressed
    record Retention(int mostMebibytes, int mostBackups, int mostDays, boolean compress) {
        long mostBytes() {
            return mostMebibytes == 0 ? Long.MAX_VALUE : (long) mostMebibytes << 20;
        }
    }

    /// @param rotated told after a rotation, and at the first opening; must not block
    LogFile(Path path, Retention retention, InstantSource clock, Runnable rotated) {
        this.path = path.toAbsolutePath();
        this.retention = retention;
        this.clock = clock;
        this.rotated = rotated;
        this.rotateAbove = retention.mostBytes();
    }

    /// Opens the file, makes it and its directory, for their owner alone.
    /// @throws IOException when nothing can be written there, or somebody else may put another file there
    LogFile opened() throws IOException {
        FileRights.requireOwn(directory());
        stream();
        return this;
    }

    private Path directory() throws IOException {
        Path directory = Objects.requireNonNull(path.getParent());
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, OWNER_DIRECTORY);
        }
        return directory;
    }

    private FileOutputStream stream() throws IOException {
        FileOutputStream now = open;
        if (now == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            close();
            now = begun();
            open = now;
            size = Files.isRegularFile(path) ? Files.size(path) : 0;
            torn = size > 0 && last() != '\n';
            rotated.run();
        }
        return now;
    }

    private FileOutputStream begun() throws IOException {
        directory();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            FileRights before = rights;
            if (before == null) {
                FileRights.createOwn(path);
            } else {
                before.create(path);
            }
        }
        rights = null;
        return new FileOutputStream(path.toFile(), true);
    }

    private int last() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(size - 1);
            return file.read();
        }
    }

    @Override
    public void write(byte[]... parts) throws IOException {
        long length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        if (length > retention.mostBytes()) {
            throw new IOException("write length " + length + " exceeds maximum file size " + retention.mostBytes());
        }
        FileOutputStream to = stream();
        if (size > 0 && length > rotateAbove - size && rotate()) {
            to = stream();
        }
        try {
            if (torn) {
                to.write('\n');
                size++;
                torn = false;
            }
            for (byte[] part : parts) {
                to.write(part);
            }
            size += length;
        } catch (IOException e) {
            takeBack();
            throw e;
        }
    }

    private void takeBack() {
        if (Files.isRegularFile(path)) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                if (file.length() > size) {
                    file.setLength(size);
                }
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot take a part of a line back", e);
            }
        }
        torn = true;
    }

    /// What cannot be renamed (a file that is mounted) goes on, and is tried again when it has grown as much again:
    /// nothing is lost for that.
    private boolean rotate() {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            rotateAbove = Long.MAX_VALUE;
            return false;
        }
        try {
            rights = FileRights.of(path);
            Files.move(path, backup(), StandardCopyOption.ATOMIC_MOVE);
            rotateAbove = retention.mostBytes();
            return true;
        } catch (IOException e) {
            rights = null;
            rotateAbove = size + retention.mostBytes();
            LOG.log(System.Logger.Level.WARNING, "Cannot rotate the audit log, it grows on path={0} error={1}", path,
                    e.toString());
            return false;
        }
    }

    private Path backup() {
        Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Backups backups = new Backups(path, retention, clock);
        Path backup = backups.name(at);
        while (Files.exists(backup, LinkOption.NOFOLLOW_LINKS)) {
            at = at.plusMillis(1);
            backup = backups.name(at);
        }
        return backup;
    }

    @Override
    public void close() throws IOException {
        FileOutputStream was = open;
        open = null;
        if (was != null) {
            was.close();
        }
    }
}
