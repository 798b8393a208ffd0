package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call on a connection, as the reading thread fills it. The future completes without a value when the
/// server has said status 0, else with a [GrpcFailure].
///
/// A message arrives as one byte (compressed or not), four bytes of length and so many bytes, cut into DATA frames
/// anywhere; see "gRPC over HTTP2", Length-Prefixed-Message. The status comes in the trailers. Memory follows what has
/// arrived, not what a length announces.
final class GrpcCall {
    private static final int HEAD_BYTES = 5;
    private static final int PADDED = 8;

    final int id;
    final CompletableFuture<Void> end = new CompletableFuture<>();
    /// Told each message, on the reading thread.
    private final Consumer<byte[]> receiver;
    private final long until;
    /// Bytes of a message, at most.
    private final int most;
    /// What has arrived of the head or of the message; the reading thread's.
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();
    /// The length of the message under way, -1 while its head is.
    private int wanted = -1;
    /// What may still be sent; guarded by the connection.
    long window;
    /// What has been received since the last window update; the reading thread's.
    int consumed;

    /// @param id the stream: odd, as a client's are
    /// @param window what may be sent at first, bytes
    /// @param until the deadline, a value of `System.nanoTime()`
    /// @param most bytes of a message, at most
    /// @param receiver told each message, by the reading thread
    GrpcCall(int id, long window, long until, int most, Consumer<byte[]> receiver) {
        this.id = id;
        this.most = most;
        this.window = window;
        this.until = until;
        this.receiver = receiver;
    }

    /// How many nanoseconds are left until the deadline.
    /// @throws GrpcFailure when none are
    long leftOrLate() {
        long left = until - System.nanoTime();
        if (left <= 0) {
            throw new GrpcFailure(GrpcFailure.DEADLINE_EXCEEDED, "the server did not take the request in time");
        }
        return left;
    }

    /// Takes a DATA frame without its padding, as [#data].
    void frame(int flags, byte[] payload) {
        int pad = (flags & PADDED) != 0 ? payload[0] & 0xff : -1;
        data(payload, pad < 0 ? 0 : 1, payload.length - (pad < 0 ? 0 : pad + 1));
    }

    /// Takes body bytes, telling each message that is complete. A call that has ended takes nothing. The reading
    /// thread's.
    void data(byte[] bytes, int offset, int length) {
        int at = offset;
        int rest = offset + length;
        while (at < rest && !end.isDone()) {
            int need = (wanted < 0 ? HEAD_BYTES : wanted) - part.size();
            int n = Math.min(need, rest - at);
            part.write(bytes, at, n);
            at += n;
            if (n == need) {
                piece();
            }
        }
    }

    /// A head or a message is complete. Compressed ones are not asked for and end the call with INTERNAL (13), too long
    /// ones with RESOURCE_EXHAUSTED.
    private void piece() {
        byte[] whole = part.toByteArray();
        part.reset();
        if (wanted >= 0) {
            wanted = -1;
            receiver.accept(whole);
            return;
        }
        wanted = ByteBuffer.wrap(whole, 1, 4).getInt();
        if (whole[0] != 0) {
            fail(13, "message with compression " + whole[0]);
        } else if (wanted < 0 || wanted > most) {
            fail(GrpcFailure.RESOURCE_EXHAUSTED, "received message larger than max ("
                    + Integer.toUnsignedString(wanted) + " vs. " + most + ")");
        } else if (wanted == 0) {
            wanted = -1;
            receiver.accept(new byte[0]);
        }
    }

    /// Takes headers or trailers. A status in the first headers is an answer without messages ("Trailers-Only").
    /// Without any, the call ends with UNKNOWN (2), as the gRPC specification has it for what is no gRPC server.
    /// @param last whether the stream ends with them
    void headers(Map<String, String> headers, boolean last) {
        String status = headers.get("grpc-status");
        if (status != null) {
            int code = number(status);
            if (code == 0) {
                end.complete(null);
            } else {
                fail(code, message(headers.get("grpc-message")));
            }
        } else if (last) {
            fail(2, "ended with HTTP status " + headers.get(":status"));
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 2;
        }
    }

    /// Ends the call from our side. A call that has ended keeps its first end.
    /// @param code of <https://grpc.io/docs/guides/status-codes/>
    void fail(int code, String message) {
        end.completeExceptionally(new GrpcFailure(code, message));
    }

    /// `grpc-message` is percent-encoded UTF-8; what is no such escape stands for itself.
    private static String message(@Nullable String encoded) {
        if (encoded == null) {
            return "";
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            int hex = c == '%' && i + 2 < encoded.length() ? hex(encoded, i + 1) : -1;
            if (hex >= 0) {
                out.write(hex);
                i += 2;
            } else {
                out.write(c);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /// Two hexadecimal digits as a number, -1 when they are none.
    private static int hex(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
