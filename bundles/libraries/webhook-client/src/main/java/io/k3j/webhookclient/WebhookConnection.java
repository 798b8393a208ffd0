package io.k3j.webhookclient;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An open connection to a webhook's server, for one request after the other (HTTP/1.1, RFC 9112). HTTP/1.1 as
/// upstream: calls to a Service spread over its endpoints.
/// @param since when it was last used, in nanoseconds
record WebhookConnection(ByteDuplex channel, long since) {
    private static final int INFORMATIONAL = 200;
    /// Of what a server says with another status, for the message.
    private static final int MOST_SAID_BYTES = 500;

    /// What was answered.
    /// @param reusable whether the connection can take the next request
    record Answer(int status, byte[] body, boolean reusable) {
    }

    /// Posts JSON and reads the answer; blocks until then, or until the channel is closed.
    /// @param target path and query
    /// @param authorization the header of this name; empty: none
    /// @throws IOException when no answer has begun: the call may be made again
    /// @throws CallFailure for one that ends early or is too long
    @SuppressWarnings("checkstyle:ParameterNumber") // the parts of a request, and what may come back
    Answer post(URI address, String target, String authorization, byte[] body, WebhookClient.Limits limits)
            throws IOException, CallFailure {
        channel.output().write(request(address, target, authorization, body));
        channel.output().flush();
        ResponseHead head = ResponseHead.read(channel.input());
        try {
            while (head.status() < INFORMATIONAL) {
                head = ResponseHead.read(channel.input());
            }
            return answer(head, head.body(channel.input(), "POST"), limits.mostAnswerBytes());
        } catch (IOException | NumberFormatException broken) {
            throw new CallFailure(limits.prefix() + broken.getMessage());
        }
    }

    /// All of it at once: each piece would be a record of TLS and wake the server by itself.
    private static byte[] request(URI address, String target, String authorization, byte[] body) {
        byte[] head = ("POST " + target + " HTTP/1.1\r\nHost: " + address.getRawAuthority()
                + (authorization.isEmpty() ? "" : "\r\nAuthorization: " + authorization)
                + "\r\nUser-Agent: kube-apiserver-admission\r\nAccept: application/json, */*"
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    private static Answer answer(ResponseHead head, InputStream in, int most) throws IOException {
        if (head.status() / 100 != 2) {
            return new Answer(head.status(), in.readNBytes(MOST_SAID_BYTES), false);
        }
        byte[] body = in.readNBytes(most + 1);
        if (body.length > most) {
            throw new IOException("the answer is longer than " + most + " bytes");
        }
        boolean framed = head.headers().containsKey("content-length")
                || head.headers().containsKey("transfer-encoding");
        boolean closes = head.headers().getOrDefault("connection", "").equalsIgnoreCase("close");
        return new Answer(head.status(), body, framed && !closes);
    }

    void close() {
        channel.close();
    }
}
