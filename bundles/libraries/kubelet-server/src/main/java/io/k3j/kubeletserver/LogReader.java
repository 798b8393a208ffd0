package io.k3j.kubeletserver;

import io.k3j.kuberuntime.LogLine;
import io.k3j.nodefiles.FileRoots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads a container's log file for somebody, as `kubectl logs` asks; follows it while the container runs,
/// across rotation.
///
/// For one thread, which [#run] blocks; one object per request. Lines are as [LogLine] says; `P` lines are parts of one
/// line of the container and are joined again. A container may have the directory of its log as a volume: so no link is
/// followed, nothing but a regular file is opened, lines of another form are left out, and a line without end is not
/// kept.
final class LogReader {
    /// Bytes read at once. A log is never held whole: it may have gigabytes.
    private static final int CHUNK = 64 * 1024;
    /// Between two looks at a log that is followed.
    private static final Duration POLL = Duration.ofMillis(100);
    /// Looks at the file per question to the runtime whether its container runs: a call each would be ten a second for
    /// each follower. Upstream asks every five seconds.
    private static final int LOOKS_PER_QUESTION = 10;

    /// What is asked for. The options of one request, `PodLogOptions` in Kubernetes' words.
    ///
    /// @param follow goes on at the end of the file, until nothing more can come
    /// @param tail lines from the end, -1 for all
    /// @param limit bytes at most, -1 for any number
    /// @param since nothing older, null for everything
    /// @param timestamps puts the time of each line before it
    /// @param stream `stdout`, `stderr` or empty for both
    record Request(boolean follow, long tail, long limit, @Nullable Instant since, boolean timestamps, String stream) {
    }

    /// Where the text goes. It is called with pieces of many lines, on the thread of [LogReader#run].
    interface Sink {
        /// Blocks while the client does not read.
        /// @throws IOException when the client has gone, which ends the reading
        void write(byte[] bytes) throws IOException;
    }

    private final FileRoots roots;
    private final Path file;
    private final Request request;
    private final Sink sink;
    private final BooleanSupplier running;
    private final CountDownLatch closed;
    /// What is to be sent at the next [#flush]: a write per line would be a system call per line.
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    /// Bytes of text still allowed by `limitBytes`; the time stamps count, too, as they do upstream.
    private long left;
    /// The [BasicFileAttributes#fileKey] of the file that is read: device and inode.
    private @Nullable Object identity;
    /// Whether the last part told was not the end of its line: the next one gets no time stamp.
    private boolean midLine;
    /// Whether a beginning of the line that is read was taken already: what follows is more of its text.
    private boolean inside;
    /// Whether the text of the line that is read is told.
    private boolean shown;

    /// Opens nothing yet.
    /// @param roots where logs lie
    /// @param file the log as the runtime writes it; after a rotation there is another file of that name
    /// @param sink where the text goes
    /// @param running whether more may come
    /// @param closed opens when the reading must end
    @SuppressWarnings("checkstyle:ParameterNumber") // what is read, what was asked, and who listens
    LogReader(FileRoots roots, Path file, Request request, Sink sink, BooleanSupplier running,
            CountDownLatch closed) {
        this.roots = roots;
        this.file = file;
        this.request = request;
        this.sink = sink;
        this.running = running;
        this.closed = closed;
        left = request.limit() < 0 ? Long.MAX_VALUE : request.limit();
    }

    /// Reads to the end, or until nothing more can come.
    /// @throws NoSuchFileException when there is no such file
    /// @throws java.nio.file.FileSystemException when it is not one that a runtime writes, see [FileRoots#regular]
    /// @throws IOException when the file cannot be read, or the sink does not take more
    void run() throws IOException, InterruptedException {
        RandomAccessFile in = open();
        try {
            in.seek(request.tail() >= 0 ? tailStart(in, request.tail()) : 0);
            byte[] line = new byte[0];
            for (int looks = 0; left > 0; looks++) {
                // asked before reading: what comes between is read all the same
                boolean more = request.follow() && (looks % LOOKS_PER_QUESTION > 0 || running.getAsBoolean());
                line = pass(in, line);
                flush();
                if (!more) {
                    return;
                }
                RandomAccessFile next = rotated(in);
                if (next != in) {
                    pass(in, line);
                    in.close();
                    in = next;
                    line = new byte[0];
                    inside = false;
                } else if (closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } finally {
            in.close();
        }
    }

    /// Another file of the same name, or the same one. The kubelet renames a log and has the runtime open a new one,
    /// which may be longer than the old one when a busy container's log is looked at. A file that is shorter than what
    /// was read was truncated in place. While there is none, the runtime has not opened it yet.
    private RandomAccessFile rotated(RandomAccessFile in) throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return now.size() < in.getFilePointer() || !Objects.equals(now.fileKey(), identity) ? open() : in;
        } catch (NoSuchFileException e) {
            return in;
        }
    }

    /// Opens the file and remembers which one it is. An open file keeps its inode: no other file gets it meanwhile.
    private RandomAccessFile open() throws IOException {
        try (FileRoots.Held held = roots.regular(file)) {
            identity = Files.readAttributes(held.path(), BasicFileAttributes.class).fileKey();
            return new RandomAccessFile(held.path().toFile(), "r");
        }
    }

    /// Tells all complete lines up to the end of the file, and of one that is longer than runtimes write what is there
    /// of it. At most a chunk and [LogLine#LONGEST] bytes are kept.
    /// @param begun what the last pass returned
    /// @return the beginning of an incomplete one
    private byte[] pass(RandomAccessFile in, byte[] begun) throws IOException {
        byte[] buffer = new byte[CHUNK];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(begun);
        for (int n = in.read(buffer); n > 0 && left > 0 && listening(); n = in.read(buffer)) {
            int from = 0;
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, from, i - from);
                    piece(line.toByteArray(), true);
                    line.reset();
                    from = i + 1;
                }
            }
            line.write(buffer, from, n - from);
            if (line.size() > LogLine.LONGEST) {
                piece(line.toByteArray(), false);
                line.reset();
            }
            flush();
        }
        return line.toByteArray();
    }

    /// Takes a line, or the next piece of one. A line of another form is left out: it cannot be told from which stream
    /// it is, nor who wrote it. Text is bytes: nothing here knows the container's encoding.
    /// @param ends whether the line ends with it
    private void piece(byte[] bytes, boolean ends) {
        if (inside) {
            put(bytes, shown ? 0 : bytes.length);
        } else {
            Optional<LogLine> line = LogLine.of(bytes).filter(this::wanted);
            shown = line.isPresent();
            line.ifPresent(l -> begin(l, bytes));
        }
        inside = !ends;
        if (ends && shown && !midLine) {
            put(new byte[] {'\n'}, 0);
        }
    }

    private void begin(LogLine line, byte[] bytes) {
        if (request.timestamps() && !midLine) {
            put((padded(line.time()) + " ").getBytes(StandardCharsets.ISO_8859_1), 0);
        }
        put(bytes, line.text());
        midLine = !line.whole();
    }

    private boolean wanted(LogLine line) {
        return (request.stream().isEmpty() || request.stream().equalsIgnoreCase(line.stream())) && !old(line.time());
    }

    /// A sparse file has any size and no text, so nobody would be told that the client has gone.
    private boolean listening() {
        return closed.getCount() > 0;
    }

    /// A time that cannot be read is not old: better a line too many.
    private boolean old(String at) {
        Instant since = request.since();
        try {
            return since != null && OffsetDateTime.parse(at).toInstant().isBefore(since);
        } catch (DateTimeException e) {
            return false;
        }
    }

    /// Nine digits of a second, as kubectl's users are used to. The runtime leaves out zeros at the end; upstream
    /// prints `RFC3339NanoFixed`, whose columns line up.
    private static String padded(String at) {
        int dot = at.indexOf('.');
        int end = at.indexOf('Z');
        if (end < 0 || dot < 0) {
            return at;
        }
        return at.substring(0, end) + "0".repeat(Math.max(0, 10 - (end - dot))) + "Z";
    }

    /// @param from first byte of it that counts
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

    /// Where the last lines begin. Reads backwards in chunks, so that the last lines of a large log cost as much as
    /// those of a small one. A line here is a line of the file: parts count each for itself, as upstream counts them.
    /// @param lines 0 and above
    /// @return 0 when there are fewer lines than that
    private long tailStart(RandomAccessFile in, long lines) throws IOException {
        long end = in.length();
        long found = 0;
        byte[] buffer = new byte[CHUNK];
        for (long at = end; at > 0 && listening();) {
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
