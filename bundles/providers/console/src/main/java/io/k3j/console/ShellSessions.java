package io.k3j.console;

import io.k3j.componentapi.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// `component shell [COMMAND…]`: one command of [Shell] for the words that follow, or, without any, a session. That is
/// answered as a command is, with `=0` when it has begun; then each line is a command, which is answered, until the
/// client sends no more. Sessions have permits of their own, since they may stay.
final class ShellSessions implements AutoCloseable {
    static final int MAX_SESSIONS = 4;
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    /// How long an open session waits for a line.
    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final List<String> WORDS = List.of("component", "shell");

    private final ShellSource source;
    private final Semaphore permits = new Semaphore(MAX_SESSIONS);
    /// Who is served, by which thread.
    private final Map<SocketChannel, Thread> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// One who has connected.
    ///
    /// @param user who it is
    /// @param channel by which it is disconnected
    /// @param lines what it sends
    /// @param write takes a line for it
    record Client(String user, SocketChannel channel, ClientLines lines, Consumer<String> write) {
        private void answer(int code) {
            write.accept("=" + code);
        }
    }

    ShellSessions(ShellSource source) {
        this.source = source;
    }

    /// Whether a command is one of these.
    static boolean means(List<String> words) {
        return words.size() >= WORDS.size() && words.subList(0, WORDS.size()).equals(WORDS);
    }

    /// Blocks until the client is done.
    void serve(List<String> words, Client client) {
        if (!permits.tryAcquire()) {
            client.answer(Commands.error(client.write,
                    MAX_SESSIONS + " sessions of the shell are open, which is the most; end one of them"));
            return;
        }
        open.put(client.channel, Thread.currentThread());
        if (closed) {
            end(client.channel);
        }
        try {
            String command = String.join(" ", words.subList(WORDS.size(), words.size()));
            if (source.with(shell -> talk(shell, command, client), () -> end(client.channel)).isEmpty()) {
                client.answer(Commands.error(client.write,
                        "the component gogo does not run; see: k3s component status gogo"));
            }
        } catch (IllegalStateException stopped) {
            LOG.log(System.Logger.Level.DEBUG, "Shell has ended", stopped);
            client.answer(Commands.error(client.write,
                    "the component gogo was stopped or replaced meanwhile; type the command again"));
        } finally {
            open.remove(client.channel);
            permits.release();
        }
    }

    private static int talk(Shell shell, String command, Client client) {
        try (Shell.Session session = shell.begin(client.user, text -> client.write.accept("+" + text),
                text -> client.write.accept("!" + text))) {
            client.answer(command.isBlank() ? 0 : session.run(command));
            if (command.isBlank()) {
                converse(session, client);
            }
            return 0;
        }
    }

    private static void converse(Shell.Session session, Client client) {
        try {
            for (String line = client.lines.next(IDLE); line != null; line = client.lines.next(IDLE)) {
                client.answer(session.run(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Disconnects all clients, and waits for none of their commands, so that nothing of this bundle stays when it is
    /// stopped or replaced.
    @Override
    public void close() {
        closed = true;
        open.keySet().forEach(this::end);
    }

    private void end(SocketChannel channel) {
        Thread thread = open.get(channel);
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Console client not closed", e);
        }
        if (thread != null) {
            thread.interrupt();
        }
    }
}
