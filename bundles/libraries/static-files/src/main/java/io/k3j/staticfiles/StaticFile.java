package io.k3j.staticfiles;

import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One file as an answer: as a whole, a part of it, or that it has not changed. Never more of it than a piece is in
/// memory.
///
/// ```
/// If-Modified-Since ─► 304      If-Range, Range ─► 200, 206 or 416      HEAD ─► headers only
/// ```
final class StaticFile {
    private static final int PIECE_BYTES = 64 * 1024;

    private StaticFile() {
    }

    /// Answers with what the client wants of `file`. There are no entity tags, so `If-Range` holds for exactly the
    /// date that `Last-Modified` said, and any other gets the whole.
    ///
    /// @param file a regular file that has been resolved already
    /// @param name that was asked for, which tells its type
    /// @throws IOException when it cannot be read, or the client has gone
    static void answer(Exchange exchange, Path file, Path name) throws IOException {
        FileTime changed = Files.getLastModifiedTime(file);
        Map<String, String> headers = new HashMap<>(Map.of("last-modified", date(changed)));
        if (unchanged(exchange, changed)) {
            exchange.respond(304, headers);
            return;
        }
        long size = Files.size(file);
        String wanted = exchange.header("if-range").filter(date -> !date.equals(date(changed))).isPresent() ? ""
                : exchange.header("range").orElse("");
        Optional<ByteRange> range = ByteRange.of(wanted, size);
        if (range.isEmpty()) {
            exchange.respond(416, Map.of("content-range", "bytes */" + size));
            return;
        }
        headers.put("accept-ranges", "bytes");
        headers.put("content-length", Long.toString(range.get().length()));
        if (range.get().part()) {
            headers.put("content-range", range.get().contentRange(size));
        }
        send(exchange, file, name, range.get(), headers);
    }

    /// The sample is read from the beginning even for a part: the type is that of the file.
    private static void send(Exchange exchange, Path file, Path name, ByteRange range, Map<String, String> headers)
            throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            InputStream input = Channels.newInputStream(channel);
            headers.put("content-type", ContentType.of(name, input.readNBytes(ContentType.SAMPLE_BYTES)));
            channel.position(range.from());
            ResponseStream answer = exchange.stream(range.part() ? 206 : 200, headers);
            if (!exchange.method().equals("HEAD")) {
                copy(input, range.length(), answer);
            }
            answer.close();
        }
    }

    /// A file that has become shorter meanwhile ends in an answer that is broken off. Its `Content-Length` is told
    /// already, so breaking off is the only way to say so.
    private static void copy(InputStream input, long length, ResponseStream answer) throws IOException {
        for (long rest = length; rest > 0;) {
            byte[] piece = input.readNBytes((int) Math.min(rest, PIECE_BYTES));
            if (piece.length == 0) {
                answer.abort();
                return;
            }
            answer.write(piece);
            rest -= piece.length;
        }
    }

    /// Dates of HTTP have no fractions, so those of the file do not count. A date that cannot be read is passed
    /// over (RFC 9110 §13.1.3).
    private static boolean unchanged(Exchange exchange, FileTime changed) {
        try {
            Instant known = exchange.header("if-modified-since")
                    .map(date -> DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from))
                    .orElse(Instant.MIN);
            return !changed.toInstant().truncatedTo(ChronoUnit.SECONDS).isAfter(known);
        } catch (DateTimeParseException unknown) {
            return false;
        }
    }

    /// A time as HTTP writes it (IMF-fixdate, RFC 9110 §5.6.7): whole seconds, GMT, two digits for the day.
    static String date(FileTime time) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                .format(time.toInstant().atOffset(ZoneOffset.UTC));
    }
}
