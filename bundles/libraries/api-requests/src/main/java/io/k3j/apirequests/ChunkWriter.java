package io.k3j.apirequests;

import io.k3j.edgeapi.ResponseStream;
import io.k3j.flowcontrol.Pool;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Collects an answer whose length is not known: a short one is sent whole, a long one goes out chunk by chunk while it
/// is made, waiting for the client to read. Closed before it is finished it is broken off, so that the client knows
/// that something is missing. For one thread.
///
/// While it is short, nothing is promised to the client: an error can still become an answer of its own, and the
/// request counts as any other. With the first full chunk the status 200 is sent and a place among the long lists is
/// taken.
final class ChunkWriter extends OutputStream {
    /// Bytes that are sent at once. As long as that an answer is short, and worth no compression.
    private static final int CHUNK = 128 << 10;
    private final Request request;
    private final Map<String, String> headers;
    private final Function<Request, Pool.Room> place;
    private final AuditedBody audited;
    /// Grows from a few KiB, since most lists are short.
    private byte[] buffer = new byte[8 << 10];
    private int used;
    /// There once the answer is a long one.
    private @Nullable ResponseStream stream;
    /// Before the stream, when the client can take gzip.
    private Responses.@Nullable Gzip zip;
    /// The place among the long lists, given back by [#close].
    private Pool.@Nullable Room room;

    /// An answer 200 with these headers, to which those of compression may be added.
    ///
    /// @param place gives a place among the long lists, asked once the answer is one
    /// @param audited sees all of it
    ChunkWriter(Request request, Map<String, String> headers, Function<Request, Pool.Room> place, AuditedBody audited) {
        this.request = request;
        this.headers = headers;
        this.place = place;
        this.audited = audited;
    }

    @Override
    public void write(int b) throws IOException {
        if (used == buffer.length) {
            grow(1);
        }
        buffer[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (used + length > buffer.length) {
            grow(length);
        }
        if (length > buffer.length) {
            pass(Arrays.copyOfRange(bytes, offset, offset + length));
            return;
        }
        System.arraycopy(bytes, offset, buffer, used, length);
        used += length;
    }

    /// Makes room for more: a larger buffer up to a chunk, then an empty one.
    private void grow(int length) throws IOException {
        int wanted = Math.max(buffer.length * 2, used + length);
        if (wanted <= CHUNK) {
            buffer = Arrays.copyOf(buffer, wanted);
            return;
        }
        if (used > 0) {
            pass(Arrays.copyOf(buffer, used));
            used = 0;
        }
        if (buffer.length < CHUNK) {
            buffer = new byte[CHUNK];
        }
    }

    /// Hands a full chunk on; the answer is a long one from now on. Blocks while the client does not read. The array is
    /// the stream's from then on: it may still be sent when the buffer is filled again.
    ///
    /// @throws io.k3j.clientapi.ApiFault 429 when there are too many of these
    private void pass(byte[] chunk) throws IOException {
        audited.more(chunk);
        ResponseStream out = stream;
        if (out == null) {
            reserve();
            boolean gzip = Responses.gzip(request);
            if (gzip) {
                headers.put("content-encoding", "gzip");
                headers.put("vary", "Accept-Encoding");
            }
            out = request.exchange().stream(200, headers);
            stream = out;
            zip = gzip ? new Responses.Gzip(new Outlet(out, request)) : null;
        }
        long begun = request.audit().begin();
        OutputStream to = zip;
        if (to == null) {
            request.streamed(chunk.length);
            out.write(chunk);
        } else {
            to.write(chunk);
        }
        request.audit().since(Latency.RESPONSE_WRITE, begun);
    }

    /// Takes the place of a long answer before the first chunk is there, for whoever works long before that.
    ///
    /// @throws io.k3j.clientapi.ApiFault 429 when there are too many of these
    void reserve() {
        if (room == null) {
            room = place.apply(request);
        }
    }

    /// Whether the client has been sent a part, and can no longer be told of an error.
    boolean begun() {
        return stream != null;
    }

    /// Sends what is left and ends the answer; a short one is kept by the request, to be sent when its seat is free.
    void finish() throws IOException {
        ResponseStream out = stream;
        byte[] rest = Arrays.copyOf(buffer, used);
        if (out == null) {
            audited.more(rest);
            audited.end(headers.getOrDefault("content-type", ""));
            request.answer(200, headers, rest);
            return;
        }
        if (used > 0) {
            pass(rest);
        }
        audited.end(headers.getOrDefault("content-type", ""));
        OutputStream to = zip;
        if (to != null) {
            to.close();
        }
        out.close();
    }

    /// Breaks a long answer off that was not finished; a finished one stays as it is.
    @Override
    public void close() {
        if (stream != null) {
            stream.abort();
        }
        if (zip != null) {
            zip.end();
        }
        if (room != null) {
            room.close();
        }
    }

    /// A stream's writing side as a plain one.
    private static final class Outlet extends OutputStream {
        private final ResponseStream to;
        private final Request of;

        Outlet(ResponseStream to, Request of) {
            this.to = to;
            this.of = of;
        }

        @Override
        public void write(int b) throws IOException {
            of.streamed(1);
            to.write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            of.streamed(length);
            to.write(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }
}
