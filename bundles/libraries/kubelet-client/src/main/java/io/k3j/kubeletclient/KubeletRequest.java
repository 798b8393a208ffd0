package io.k3j.kubeletclient;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A request to a node's port 10250 that is answered as a whole.
///
/// @param method as `GET`
/// @param path begins with a slash; nothing that a user writes
/// @param body empty for none; JSON
/// @param mostBytes a longer answer is an error
public record KubeletRequest(String method, String path, String body, int mostBytes) {
    private static final int OK = 200;
    /// Of a refusal's text, for the message.
    private static final int MOST_SAID_BYTES = 500;

    /// The node has answered, and not with 200.
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String said) {
            super("status " + status + ": " + said);
            this.status = status;
        }

        /// The status code.
        public int status() {
            return status;
        }
    }

    /// One that reads.
    public static KubeletRequest get(String path, int mostBytes) {
        return new KubeletRequest("GET", path, "", mostBytes);
    }

    /// The body of the answer; blocks until it is there. The connection is over afterwards and is not closed here.
    ///
    /// @param authority for the `Host` header
    /// @throws Refused for another status than 200
    /// @throws IOException when the channel fails or is closed, and beyond `mostBytes`
    byte[] send(ByteDuplex channel, String authority) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        OutputStream out = channel.output();
        out.write((method + " " + path + " HTTP/1.1\r\nHost: " + authority + "\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + content.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(content);
        out.flush();
        ResponseHead head = ResponseHead.read(channel.input());
        if (head.status() != OK) {
            byte[] said = head.body(channel.input(), method).readNBytes(MOST_SAID_BYTES);
            throw new Refused(head.status(), new String(said, StandardCharsets.UTF_8).strip());
        }
        byte[] answer = head.body(channel.input(), method).readNBytes(mostBytes + 1);
        if (answer.length > mostBytes) {
            throw new IOException("an answer beyond " + mostBytes + " bytes");
        }
        return answer;
    }
}
