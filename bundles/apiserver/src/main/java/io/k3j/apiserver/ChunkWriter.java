package io.k3j.apiserver;

import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects an answer whose length is not known: a short one is sent whole, a long one goes out chunk
/// by chunk while it is made, waiting for the client to read.
final class ChunkWriter extends OutputStream {
    private static final int CHUNK = 128 << 10;
    private final Request request;
    private final Map<String, String> headers;
    private byte[] buffer = new byte[8 << 10];
    private int used;
    private @Nullable ResponseStream stream;
    private @Nullable OutputStream zip;

    /// An answer 200 with these headers.
    ChunkWriter(Request request, Map<String, String> headers) {
        this.request = request;
        this.headers = headers;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
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

    /// Hands a full chunk on; the answer is a long one from now on.
    private void pass(byte[] chunk) throws IOException {
        ResponseStream out = stream;
        if (out == null) {
            boolean gzip = Answers.gzip(request);
            if (gzip) {
                headers.put("content-encoding", "gzip");
                headers.put("vary", "Accept-Encoding");
            }
            out = request.exchange().stream(200, headers);
            stream = out;
            zip = gzip ? Answers.gzipped(new Outlet(out)) : null;
        }
        OutputStream to = zip;
        if (to == null) {
            out.write(chunk);
        } else {
            to.write(chunk);
        }
    }

    /// Sends what is left and ends the answer.
    void finish() throws IOException {
        if (stream == null) {
            request.answer(200, headers, Arrays.copyOf(buffer, used));
            return;
        }
        if (used > 0) {
            pass(Arrays.copyOf(buffer, used));
        }
        OutputStream to = zip;
        if (to != null) {
            to.close();
        }
        stream.close();
    }

    /// A stream's writing side as a plain one.
    private static final class Outlet extends OutputStream {
        private final ResponseStream to;

        Outlet(ResponseStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            to.write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            to.write(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }
}
