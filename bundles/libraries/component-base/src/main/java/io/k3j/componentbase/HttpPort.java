package io.k3j.componentbase;

import io.k3j.componentapi.Health;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// Answers HTTP requests for small texts about a component on a port of its own without TLS: one request a connection,
/// nothing of it read but its path. 64 connections at most are served at once, each for 5 s at most, however slowly its
/// client sends or reads. Any thread.
public final class HttpPort implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");
    private static final int AT_ONCE = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_LINES = 100;
    private static final int LONGEST_LINE = 8192;
    private static final long AGAIN_NANOS = 100_000_000;
    private final Semaphore seats = new Semaphore(AT_ONCE);
    private final ServerSocket socket = new ServerSocket();
    private final Function<String, Answer> answers;
    private final SupervisedLoop loop;

    /// An answer.
    ///
    /// @param status code and phrase
    /// @param type the media type of the body
    /// @param headers further ones, each with its line end
    /// @param body the whole of it
    public record Answer(String status, String type, String headers, String body) {
        /// As Go's servers say it.
        public static final Answer NOT_FOUND = new Answer("404 Not Found", "text/plain; charset=utf-8", "",
                "404 page not found\n");

        /// Plain text with status 200.
        public static Answer text(String body) {
            return new Answer("200 OK", "text/plain; charset=utf-8", "X-Content-Type-Options: nosniff\r\n", body);
        }

        /// Whether all is well, with status 200 or 503.
        ///
        /// @param headers further ones, each with its line end
        public static Answer json(boolean good, String headers, String body) {
            return new Answer(good ? "200 OK" : "503 Service Unavailable", "application/json",
                    "X-Content-Type-Options: nosniff\r\n" + headers, body);
        }

        byte[] bytes() {
            byte[] text = body.getBytes(StandardCharsets.UTF_8);
            byte[] head = ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + text.length
                    + "\r\n" + headers + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
            byte[] all = new byte[head.length + text.length];
            System.arraycopy(head, 0, all, 0, head.length);
            System.arraycopy(text, 0, all, head.length, text.length);
            return all;
        }
    }

    /// Listens.
    ///
    /// @param health where the thread reports
    /// @param name of the thread
    /// @param address with a port other than 0
    /// @param answers by path without its query; called on a thread of its own
    /// @throws IOException when the port is not free
    public HttpPort(Health health, String name, InetSocketAddress address, Function<String, Answer> answers)
            throws IOException {
        this.answers = answers;
        try {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        loop = SupervisedLoop.virtual(health, name, this::accept).start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (seats.tryAcquire()) {
                    Thread serving = Thread.ofVirtual().name("http-port").start(() -> answer(client));
                    Thread.ofVirtual().name("http-port-limit").start(() -> limit(serving, client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot accept a connection error={0}", e.getMessage());
                if (!socket.isClosed()) {
                    // without a free descriptor it would fail again at once
                    LockSupport.parkNanos(AGAIN_NANOS);
                }
            }
        }
    }

    private static void limit(Thread serving, Socket client) {
        try {
            if (!serving.join(PATIENCE)) {
                client.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot close a connection error={0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Socket client) {
        try (client) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            String[] request = line(in).split(" ");
            for (int n = 0; n < MOST_LINES && !line(in).isEmpty(); n++) {
                // headers change nothing
            }
            Answer answer = request.length < 2 ? Answer.NOT_FOUND : answers.apply(request[1].split("\\?", 2)[0]);
            client.getOutputStream().write(answer.bytes());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot answer error={0}", e.getMessage());
        } finally {
            seats.release();
        }
    }

    /// The next line, `""` at the end.
    private static String line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (line.length() >= LONGEST_LINE) {
                throw new IOException("a line is longer than " + LONGEST_LINE);
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /// Listens no more. Who accepts gives the port back as its last act, and is awaited: it is free for the next one
    /// when this returns.
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot close a port error={0}", e.getMessage());
        }
        loop.stop(PATIENCE);
    }
}
