package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Translates `exec` and `attach` between a client on WebSocket (`v5.channel.k8s.io`, `v4.channel.k8s.io`) and
/// a container runtime on SPDY (`v4.channel.k8s.io`). A WebSocket message is a channel number and bytes; with
/// v5 the channel 255 says which direction has ended. See
/// <https://kubernetes.io/blog/2024/08/20/websockets-transition/>.
///
/// Standard input can end before the command does only with v5 towards the client and with SPDY towards the runtime;
/// that is why the runtime is not spoken to on WebSocket.
public final class RemoteCommand {
    /// What a WebSocket client may ask for, the best first. Older ones have no exit code as a Status (`v1` to `v3`) or
    /// carry base 64.
    public static final List<String> PROTOCOLS = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");
    /// Its message has the number of the channel that has ended as its one byte.
    private static final int CLOSE_CHANNEL = 255;
    private static final int BUFFER = 32 * 1024;
    /// How long a client has for its part of the closing handshake. Client libraries report a failed connection in
    /// place of the exit code when they cannot send it; see <https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1>.
    private static final Duration CLOSING_HANDSHAKE = Duration.ofSeconds(2);

    /// The streams of a command by their channel numbers. The order is the protocol's: the ordinal is the channel.
    private enum Part {
        STDIN, STDOUT, STDERR, ERROR, RESIZE
    }

    private final WebSocket client;
    private final SpdyClient runtime;
    /// Filled before any thread of this command begins.
    private final Map<Part, SpdyClient.Stream> streams = new EnumMap<>(Part.class);

    private RemoteCommand(WebSocket client, SpdyClient runtime) {
        this.client = client;
        this.runtime = runtime;
    }

    /// Which streams a client wants.
    /// @param stdin whether the client sends input
    /// @param stdout whether it wants what the command prints
    /// @param stderr whether it wants errors apart; with a terminal there are none apart
    /// @param tty whether there is a terminal, whose size the client may change
    public record Wanted(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
    }

    /// Runs until the command has ended or the client has gone; blocks, after the command's end until the client has
    /// answered it, for two seconds at most. Closes neither connection. An interruption ends the waiting for the client
    /// only; the flag stays set.
    /// @param client after its handshake; received from by this call alone
    /// @param runtime without streams yet
    /// @throws IOException when the runtime's streams cannot be opened, or the client is gone when it is told the
    ///     status
    public static void relay(WebSocket client, SpdyClient runtime, Wanted wanted) throws IOException {
        new RemoteCommand(client, runtime).run(wanted);
    }

    /// The status is read to its end before the threads of the output are waited for, and sent behind all output: a
    /// client may leave when it has the status.
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
        byte[] status = all(Objects.requireNonNull(streams.get(Part.ERROR)));
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

    /// The runtime tells streams by this header; the error stream comes first, as it does from kubectl.
    private void open(Part part, String type) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("streamtype", type);
        streams.put(part, runtime.open(headers));
    }

    /// What came before the connection broke: without a status the client sees the connection end, as it did.
    private static byte[] all(SpdyClient.Stream stream) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            stream.input().transferTo(out);
        } catch (IOException e) {
            // what has come counts
        }
        return out.toByteArray();
    }

    /// A thread that sends what one stream gives, one message per read.
    /// @return empty when the stream was not asked for
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

    /// Interrupted, it goes on at once with the flag set.
    private static void join(Optional<Thread> thread) {
        thread.ifPresent(t -> {
            try {
                t.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// A client that closes or goes ends the runtime's connection, which ends the command's streams.
    private void fromClient() {
        byte[] buffer = new byte[BUFFER];
        try {
            while (client.next()) {
                message(buffer);
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

    /// Channels that a client does not write to are ignored, and so are empty messages. Bytes are passed on as they
    /// come: some clients send all of a file as one message.
    private void message(byte[] buffer) throws IOException {
        int channel = client.read(buffer, 0, 1) < 0 ? -1 : buffer[0] & 0xff;
        if (channel == CLOSE_CHANNEL) {
            if (client.read(buffer, 0, 1) > 0 && buffer[0] == Part.STDIN.ordinal()) {
                close(Part.STDIN);
            }
        } else if (channel == Part.STDIN.ordinal()) {
            pass(buffer, Part.STDIN);
        } else if (channel == Part.RESIZE.ordinal()) {
            pass(buffer, Part.RESIZE);
        }
    }

    private void pass(byte[] buffer, Part part) throws IOException {
        SpdyClient.Stream to = streams.get(part);
        for (int n = 0; to != null && n >= 0; n = client.read(buffer, 0, buffer.length)) {
            try {
                to.output().write(buffer, 0, n);
            } catch (IOException e) {
                // the command has ended; its status is on the way
                return;
            }
        }
    }

    /// Ends our direction of a stream.
    private void close(Part part) throws IOException {
        SpdyClient.Stream s = streams.get(part);
        if (s != null) {
            s.output().close();
        }
    }
}
