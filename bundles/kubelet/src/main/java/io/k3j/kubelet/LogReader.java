package io.k3j.kubelet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads a container's log file for somebody, as `kubectl logs` asks; follows it while the container runs,
/// across rotation.
final class LogReader {
    private static final int CHUNK = 64 * 1024;
    private static final Duration POLL = Duration.ofMillis(100);

    /// What is asked for.
    ///
    /// @param tail lines from the end, -1 for all
    /// @param limit bytes at most, -1 for any number
    /// @param since nothing older, null for everything
    /// @param stream `stdout`, `stderr` or empty for both
    record Request(boolean follow, long tail, long limit, @Nullable Instant since, boolean timestamps, String stream) {
    }

    /// Where the text goes.
    interface Sink {
        void write(byte[] bytes) throws IOException;
    }

    private final Path file;
    private final Request request;
    private final Sink sink;
    private final BooleanSupplier running;
    private final CountDownLatch closed;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private long left;
    private boolean midLine;

    /// @param running whether more may come
    /// @param closed opens when the reading must end
    LogReader(Path file, Request request, Sink sink, BooleanSupplier running, CountDownLatch closed) {
        this.file = file;
        this.request = request;
        this.sink = sink;
        this.running = running;
        this.closed = closed;
        left = request.limit() < 0 ? Long.MAX_VALUE : request.limit();
    }

    /// Reads to the end, or until nothing more can come.
    void run() throws IOException, InterruptedException {
        RandomAccessFile in = new RandomAccessFile(file.toFile(), "r");
        try {
            in.seek(request.tail() >= 0 ? tailStart(in, request.tail()) : 0);
            byte[] line = new byte[0];
            while (left > 0) {
                // asked before reading: what comes between is read all the same
                boolean more = request.follow() && running.getAsBoolean();
                line = pass(in, line);
                flush();
                if (!more) {
                    return;
                }
                RandomAccessFile next = rotated(in);
                if (next != in) {
                    line = pass(in, line);
                    in.close();
                    in = next;
                } else if (closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } finally {
            in.close();
        }
    }

    /// Another file of the same name, or the same one.
    private RandomAccessFile rotated(RandomAccessFile in) throws IOException {
        try {
            return Files.size(file) < in.getFilePointer() ? new RandomAccessFile(file.toFile(), "r") : in;
        } catch (NoSuchFileException e) {
            return in;
        }
    }

    /// Tells all complete lines up to the end of the file.
    /// @return the beginning of an incomplete one
    private byte[] pass(RandomAccessFile in, byte[] begun) throws IOException {
        byte[] buffer = new byte[CHUNK];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(begun);
        for (int n = in.read(buffer); n > 0 && left > 0; n = in.read(buffer)) {
            int from = 0;
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, from, i - from);
                    one(line.toByteArray());
                    line.reset();
                    from = i + 1;
                }
            }
            line.write(buffer, from, n - from);
            flush();
        }
        return line.toByteArray();
    }

    /// `2026-11-20T06:14:27.856647786Z stdout F text`
    private void one(byte[] line) {
        int time = index(line, 0);
        int stream = index(line, time + 1);
        int tag = index(line, stream + 1);
        if (time < 0 || stream < 0 || tag < 0 || left <= 0) {
            return;
        }
        String at = new String(line, 0, time, StandardCharsets.ISO_8859_1);
        String of = new String(line, time + 1, stream - time - 1, StandardCharsets.ISO_8859_1);
        if (!request.stream().isEmpty() && !request.stream().equalsIgnoreCase(of) || old(at)) {
            return;
        }
        boolean whole = line[stream + 1] == 'F';
        if (request.timestamps() && !midLine) {
            put((padded(at) + " ").getBytes(StandardCharsets.ISO_8859_1), 0);
        }
        put(line, tag + 1);
        if (whole) {
            put(new byte[] {'\n'}, 0);
        }
        midLine = !whole;
    }

    private boolean old(String at) {
        Instant since = request.since();
        try {
            return since != null && OffsetDateTime.parse(at).toInstant().isBefore(since);
        } catch (DateTimeException e) {
            return false;
        }
    }

    /// Nine digits of a second, as kubectl's users are used to.
    private static String padded(String at) {
        int dot = at.indexOf('.');
        int end = at.indexOf('Z');
        if (end < 0 || dot < 0) {
            return at;
        }
        return at.substring(0, end) + "0".repeat(Math.max(0, 10 - (end - dot))) + "Z";
    }

    private static int index(byte[] line, int from) {
        for (int i = Math.max(0, from); i < line.length; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private void put(byte[] bytes, int from) {
        int n = (int) Math.min(left, bytes.length - from);
        pending.write(bytes, from, n);
        left -= n;
    }

    private void flush() throws IOException {
        if (pending.size() > 0) {
            sink.write(pending.toByteArray());
            pending.reset();
        }
    }

    /// Where the last lines begin.
    private static long tailStart(RandomAccessFile in, long lines) throws IOException {
        long end = in.length();
        long found = 0;
        byte[] buffer = new byte[CHUNK];
        for (long at = end; at > 0;) {
            int n = (int) Math.min(CHUNK, at);
            at -= n;
            in.seek(at);
            in.readFully(buffer, 0, n);
            for (int i = n - 1; i >= 0; i--) {
                // the last byte ends the last line
                if (buffer[i] == '\n' && at + i != end - 1 && ++found == lines) {
                    return at + i + 1;
                }
            }
        }
        return lines == 0 ? end : 0;
    }
}
