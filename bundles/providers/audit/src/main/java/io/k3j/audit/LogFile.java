package io.k3j.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The log as a file, rotated as upstream's (lumberjack): before it would become larger than its bound it gets the
/// time into its name, and a new one begins. A line that did not fit on the disk is taken back, so that the next one
/// begins where a line begins. For one thread at a time.
final class LogFile implements LogOutput {
    private static final int DEFAULT_MEBIBYTES = 100;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private final Path path;
    private final Retention retention;
    private final InstantSource clock;
    private final Runnable rotated;
    private @Nullable FileChannel open;
    private long size;

    /// How the log is kept.
    /// @param mostMebibytes of the file before it is rotated; 0 for 100
    /// @param mostBackups that are kept; 0 for all
    /// @param mostDays that a backup is kept, by the time in its name; 0 for ever
    /// @param compress whether backups are compressed
    record Retention(int mostMebibytes, int mostBackups, int mostDays, boolean compress) {
        long mostBytes() {
            return (long) (mostMebibytes == 0 ? DEFAULT_MEBIBYTES : mostMebibytes) << 20;
        }
    }

    /// @param rotated told after a rotation, and at the first opening; must not block
    LogFile(Path path, Retention retention, InstantSource clock, Runnable rotated) {
        this.path = path.toAbsolutePath();
        this.retention = retention;
        this.clock = clock;
        this.rotated = rotated;
    }

    /// Opens the file, makes it and its directory, for their owner alone.
    /// @throws IOException when nothing can be written there
    LogFile opened() throws IOException {
        channel();
        return this;
    }

    private FileChannel channel() throws IOException {
        FileChannel now = open;
        if (now == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            close();
            Path directory = path.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(directory, OWNER_DIRECTORY);
            }
            now = FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND), OWNER_FILE);
            open = now;
            size = now.size();
            rotated.run();
        }
        return now;
    }

    @Override
    public void write(byte[] line) throws IOException {
        long most = retention.mostBytes();
        if (line.length > most) {
            throw new IOException("write length " + line.length + " exceeds maximum file size " + most);
        }
        FileChannel to = channel();
        if (size > 0 && size + line.length > most) {
            rotate();
            to = channel();
        }
        ByteBuffer bytes = ByteBuffer.wrap(line);
        try {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            size += line.length;
        } catch (IOException e) {
            takeBack(to);
            throw e;
        }
    }

    private void takeBack(FileChannel from) {
        try {
            from.truncate(size);
        } catch (IOException e) {
            // the next line begins behind what is left of this one
            size = Long.MAX_VALUE - retention.mostBytes();
        }
    }

    private void rotate() throws IOException {
        close();
        Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Backups backups = new Backups(path, retention, clock);
        Path backup = backups.name(at);
        while (Files.exists(backup, LinkOption.NOFOLLOW_LINKS)) {
            at = at.plusMillis(1);
            backup = backups.name(at);
        }
        Files.move(path, backup);
    }

    @Override
    public void close() throws IOException {
        FileChannel was = open;
        open = null;
        if (was != null) {
            was.close();
        }
    }
}
