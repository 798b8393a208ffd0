package io.k3j.processprofiles;

import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/// Profiles that the JDK writes to a file: made in a directory of root's alone, sent, and deleted. One thread at a
/// time.
final class ProfileFiles {
    private static final System.Logger LOG = System.getLogger("io.k3j.processprofiles");
    private static final int PIECE_BYTES = 64 * 1024;
    private static final long MOST_BYTES = 64L << 20;
    /// What the disk must have left while one is made: the recorder ends the whole process when it cannot write.
    private static final long ROOM = 2 * MOST_BYTES;
    /// What it must have left before: what the recorder keeps, and the file that is made of it.
    private static final long ROOM_BEFORE = 2 * ROOM;
    /// How often the disk is looked at.
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// Events that tell arguments and environments of this process and of others, which tokens and passwords are in.
    private static final List<String> CONFIDENTIAL = List.of("jdk.InitialEnvironmentVariable",
            "jdk.InitialSystemProperty", "jdk.JVMInformation", "jdk.SystemProcess");
    private final Path directory;
    private final LongSupplier free;
    private final String process = Long.toString(ProcessHandle.current().pid());
    private boolean cleared;

    ProfileFiles(Path dataDir) {
        this(dataDir, () -> dataDir.toFile().getUsableSpace());
    }

    /// @param free bytes that the disk has left
    ProfileFiles(Path dataDir, LongSupplier free) {
        this.directory = dataDir.resolve("bundles/samples");
        this.free = free;
    }

    /// What makes a profile.
    private interface Maker {
        void make(Path file) throws IOException;
    }

    /// Whether the disk has room for a profile.
    boolean room() {
        return free.getAsLong() >= ROOM_BEFORE;
    }

    /// Answers with all threads; beyond the bound with a note that there are more.
    void threads(Exchange exchange) throws IOException {
        with(JdkDiagnostics::threads, file -> send(exchange, headers("text/plain; charset=utf-8", Map.of()), file,
                "\n... there is more, which is left out\n"));
    }

    /// Records for so long and answers with the recording; ends sooner when the client has gone.
    /// @throws IOException also when the disk has no room any more
    void recording(Exchange exchange, Duration length) throws IOException {
        with(file -> capture(exchange, length, file),
                file -> send(exchange, headers("application/octet-stream",
                        Map.of("content-disposition", "attachment; filename=\"k3s.jfr\"")), file, ""));
    }

    private void with(Maker maker, Maker sender) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!cleared) {
            cleared = true;
            clear();
        }
        Path own = Files.createTempDirectory(directory, "profile-" + process + "-");
        Path file = own.resolve("profile");
        try {
            maker.make(file);
            sender.make(file);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(own);
        }
    }

    /// A process that was killed leaves what it was making, which is of no use to anybody. What this one has is
    /// somebody's: another port's, or the samples of plug-ins.
    private void clear() {
        try (Stream<Path> all = Files.list(directory)) {
            for (Path left : all.filter(one -> !ofThisProcess(one.getFileName().toString())).toList()) {
                delete(left);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.DEBUG, "Profiles of an earlier process stay", e);
        }
    }

    /// The recorder's directories end with the number of their process.
    private boolean ofThisProcess(String name) {
        return name.startsWith("profile-" + process + "-") || name.endsWith("_" + process);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }

    private void capture(Exchange exchange, Duration length, Path file) throws IOException {
        JdkDiagnostics.recorder(directory);
        CountDownLatch gone = new CountDownLatch(1);
        exchange.onEnd(gone::countDown);
        try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
            for (String event : CONFIDENTIAL) {
                recording.disable(event);
            }
            recording.setMaxSize(MOST_BYTES);
            recording.start();
            await(gone, length);
            if (exchange.gone()) {
                throw new IOException("the client has gone");
            }
            recording.stop();
            recording.dump(file);
        } catch (ParseException e) {
            throw new IOException("the JDK's settings of its recorder cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while recording");
        }
    }

    /// Until the time is over or the client has gone.
    /// @throws IOException when the disk has no room any more
    private void await(CountDownLatch gone, Duration length) throws IOException, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        long left = length.toNanos();
        while (left > 0 && !gone.await(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS)) {
            if (free.getAsLong() < ROOM) {
                throw new IOException("the disk of " + directory + " has no room for a recording any more");
            }
            left = end - System.nanoTime();
        }
    }

    /// @param more what stands for the end of what is too long; empty where it is of no use without its end
    private static void send(Exchange exchange, Map<String, String> headers, Path file, String more)
            throws IOException {
        ResponseStream out = exchange.stream(200, headers);
        try (InputStream in = Files.newInputStream(file)) {
            long sent = 0;
            byte[] piece = in.readNBytes(PIECE_BYTES);
            for (; piece.length > 0 && sent < MOST_BYTES; piece = in.readNBytes(PIECE_BYTES)) {
                out.write(piece);
                sent += piece.length;
            }
            if (piece.length > 0 && more.isEmpty()) {
                throw new IOException("the profile is longer than " + (MOST_BYTES >> 20) + " MiB");
            }
            if (piece.length > 0) {
                out.write(more.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            out.abort();
            throw e;
        }
        out.close();
    }

    /// Those of every answer, and more.
    static Map<String, String> headers(String type, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        headers.put("content-type", type);
        headers.put("cache-control", "no-cache, private");
        headers.put("x-content-type-options", "nosniff");
        return headers;
    }
}
