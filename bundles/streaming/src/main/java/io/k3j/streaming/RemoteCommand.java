package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Translates `exec` and `attach` between a client on WebSocket (`v5.channel.k8s.io`, `v4.channel.k8s.io`) and
/// a container runtime on SPDY (`v4.channel.k8s.io`). A WebSocket message is a channel number and bytes; with
/// v5 the channel 255 says which direction has ended. See
/// <https://kubernetes.io/blog/2024/08/20/websockets-transition/>.
public final class RemoteCommand {
    /// What a WebSocket client may ask for, the best first.
    public static final List<String> PROTOCOLS = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");
    private static final int CLOSE_CHANNEL = 255;
    private static final int BUFFER = 32 * 1024;
    /// How long a client has for its part of the closing handshake. Client libraries report a failed connection in
    /// place of the exit code when they cannot send it; see <https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1>.
    private static final Duration CLOSING_HANDSHAKE = Duration.ofSeconds(2);

    /// The streams of a command by their channel numbers.
    private enum Part {
        STDIN, STDOUT, STDERR, ERROR, RESIZE
    }

    private final WebSocket client;
    private final SpdyClient runtime;
    private final Map<Part, SpdyClient.Stream> streams = new EnumMap<>(Part.class);

    private RemoteCommand(WebSocket client, SpdyClient runtime) {
        this.client = client;
        this.runtime = runtime;
    }

    /// Which streams a client wants.
    public record Wanted(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
    }

    /// Runs until the command has ended or the client has gone; blocks, after the command's end until the client has
    /// answered it, for two seconds at most. Closes neither connection.
    public static void relay(WebSocket client, SpdyClient runtime, Wanted wanted) throws IOException {
        new RemoteCommand(client, runtime).run(wanted);
    }

    private void run(Wanted wanted) throws IOException {
        open(Part.ERROR, "error");
        if (wanted.stdin()) {
            open(Part.STDIN, "stdin");
        }
        if (wanted.stdout()) {
            open(Part.STDOUT, "stdout");
        }
        if (wanted.stderr() && !wanted.tty()) {
            open(Part.STDERR, "stderr");
        }
        if (wanted.tty()) {
            open(Part.RESIZE, "resize");
        }
        Thread in = Thread.ofVirtual().name("ws-in").start(this::fromClient);
        Optional<Thread> out = pump(Part.STDOUT);
        Optional<Thread> err = pump(Part.STDERR);
        byte[] status = all(streams.get(Part.ERROR));
        join(out);
        join(err);
        try {
            if (status.length > 0) {
                client.send(Part.ERROR.ordinal(), status, 0, status.length);
            }
            client.end();
            in.join(CLOSING_HANDSHAKE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            in.interrupt();
        }
    }

    private void open(Part part, String type) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("streamtype", type);
        streams.put(part, runtime.open(headers));
    }

    private static byte[] all(SpdyClient.Stream stream) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            stream.input().transferTo(out);
        } catch (IOException e) {
            // what has come counts
        }
        return out.toByteArray();
    }

    private Optional<Thread> pump(Part part) {
        SpdyClient.Stream stream = streams.get(part);
        return stream == null ? Optional.empty() : Optional.of(Thread.ofVirtual().name("ws-out").start(() -> {
            byte[] buffer = new byte[BUFFER];
            try (InputStream from = stream.input()) {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    client.send(part.ordinal(), buffer, 0, n);
                }
            } catch (IOException e) {
                // one of both has gone; the other end notices
            }
        }));
    }

    private static void join(Optional<Thread> thread) {
        thread.ifPresent(t -> {
            try {
                t.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void fromClient() {
        try {
            for (Optional<byte[]> m = client.receive(); m.isPresent(); m = client.receive()) {
                message(m.get());
            }
            runtime.close();
        } catch (IOException e) {
            try {
                runtime.close();
            } catch (IOException closing) {
                // it is closed
            }
        }
    }

    private void message(byte[] m) throws IOException {
        if (m.length == 0) {
            return;
        }
        int channel = m[0] & 0xff;
        if (channel == CLOSE_CHANNEL) {
            if (m.length > 1 && m[1] == Part.STDIN.ordinal()) {
                close(Part.STDIN);
            }
            return;
        }
        Part part = channel == Part.STDIN.ordinal() ? Part.STDIN : Part.RESIZE;
        SpdyClient.Stream to = streams.get(part);
        if (to != null && (channel == Part.STDIN.ordinal() || channel == Part.RESIZE.ordinal())) {
            try {
                OutputStream out = to.output();
                out.write(m, 1, m.length - 1);
            } catch (IOException e) {
                // the command has ended; its status is on the way
            }
        }
    }

    private void close(Part part) throws IOException {
        SpdyClient.Stream s = streams.get(part);
        if (s != null) {
            s.output().close();
        }
    }
}
