package io.k3j.webhookclient;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// An open connection to a webhook's server, for one request after the other (HTTP/1.1, RFC 9112). HTTP/1.1 as
/// upstream: calls to a Service spread over its endpoints.
/// @param wire the bytes below the channel; the channel itself for plain HTTP
/// @param tls by which it was secured; null: plain HTTP
/// @param since when it was last used, in nanoseconds
record WebhookConnection(ByteDuplex channel, ByteDuplex wire, @Nullable SSLContext tls, long since) {
    private static final int INFORMATIONAL = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    /// Of what a server says with another status than one of success: a Status is read whole.
    private static final int MOST_SAID_BYTES = 16 << 10;

    /// What was answered.
    /// @param reusable whether the connection can take the next request
    /// @param headers by their names in lower case
    record Answer(int status, byte[] body, boolean reusable, Map<String, String> headers) {
        /// Whether its status is one of success.
        boolean successful() {
            return status / 100 == 2;
        }

        /// How long its server wishes not to be asked, in nanoseconds, as upstream's `rest.Request` reads it; empty
        /// where it has no such wish.
        OptionalLong pause() {
            if (status != TOO_MANY_REQUESTS && status < SERVER_ERROR) {
                return OptionalLong.empty();
            }
            try {
                return OptionalLong.of(TimeUnit.SECONDS.toNanos(
                        Long.parseLong(headers.getOrDefault("retry-after", ""))));
            } catch (NumberFormatException none) {
                return OptionalLong.empty();
            }
        }
    }

    /// A POST of JSON.
    /// @param target path and query; for a proxy the whole address
    /// @param host the header of this name
    /// @param agent the header `User-Agent`
    /// @param headers further ones, as `Name: value`; may hold credentials
    record Question(String target, String host, String agent, List<String> headers, byte[] body) {
        /// All of it at once: each piece would be a record of TLS and wake the server by itself.
        /// @throws CallFailure for a header that would be another line
        byte[] bytes() throws CallFailure {
            StringBuilder text = new StringBuilder("POST ").append(target).append(" HTTP/1.1\r\nHost: ").append(host);
            for (String header : headers) {
                check(header);
                text.append("\r\n").append(header);
            }
            byte[] head = text.append("\r\nUser-Agent: ").append(agent).append("\r\nAccept: application/json, */*")
                    .append("\r\nContent-Type: application/json\r\nContent-Length: ").append(body.length)
                    .append("\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
            byte[] whole = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, whole, head.length, body.length);
            return whole;
        }

        /// Tells the name of a header only.
        private static void check(String header) throws CallFailure {
            if (header.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
                throw new CallFailure("net/http: invalid header field value for \""
                        + header.substring(0, header.indexOf(':')) + "\"");
            }
        }

        @Override
        public String toString() {
            return "POST " + target;
        }
    }

    /// Posts JSON and reads the answer; blocks until then, or until the channel is closed.
    /// @param most bytes of an answer
    /// @param prefix stands before what is told of an answer
    /// @throws IOException when no answer has begun: the call may be made again
    /// @throws CallFailure for one that ends early or is too long
    Answer post(Question question, int most, String prefix) throws IOException, CallFailure {
        channel.output().write(question.bytes());
        channel.output().flush();
        ResponseHead head = ResponseHead.read(channel.input());
        try {
            while (head.status() < INFORMATIONAL) {
                head = ResponseHead.read(channel.input());
            }
            return answer(head, head.body(channel.input(), "POST"), most);
        } catch (IOException | NumberFormatException broken) {
            throw new CallFailure(prefix + broken.getMessage());
        }
    }

    private static Answer answer(ResponseHead head, InputStream in, int most) throws IOException {
        if (head.status() / 100 != 2) {
            return new Answer(head.status(), in.readNBytes(MOST_SAID_BYTES), false, head.headers());
        }
        byte[] body = in.readNBytes(most + 1);
        if (body.length > most) {
            throw new IOException("the answer is longer than " + most + " bytes");
        }
        boolean framed = head.headers().containsKey("content-length")
                || head.headers().containsKey("transfer-encoding");
        boolean closes = head.headers().getOrDefault("connection", "").equalsIgnoreCase("close");
        return new Answer(head.status(), body, framed && !closes, head.headers());
    }

    /// Whether its server has said nothing since its last answer. What it says unasked, as a second answer to one
    /// question, would be taken for the answer to the next question, which may be about somebody else.
    boolean silent() {
        try {
            return channel.input().available() == 0 && wire.input().available() == 0;
        } catch (IOException closed) {
            return false;
        }
    }

    void close() {
        channel.close();
    }
}
