package io.k3j.gogo;

import io.k3j.componentapi.Shell;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;

/// One session of Gogo. A command has a thread of its own, which is left to itself when it does not listen.
final class ShellSession implements Shell.Session {
    /// What one line may take.
    static final Duration LIMIT = Duration.ofMinutes(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.gogo");

    private final String user;
    private final Client client;
    private final Function<LineOutput.Pair, CommandSession> begin;
    private final Duration limit;
    private LineOutput.Pair lines;
    private CommandSession session;

    /// Who gets lines of output, and lines of complaint.
    record Client(Consumer<String> output, Consumer<String> complaints) {
    }

    /// @param begin makes a session that writes to what it is given
    /// @param limit what one line may take
    ShellSession(String user, Client client, Function<LineOutput.Pair, CommandSession> begin, Duration limit) {
        this.user = user;
        this.client = client;
        this.begin = begin;
        this.limit = limit;
        this.lines = LineOutput.pair(client.output, client.complaints);
        this.session = begin.apply(lines);
    }

    @Override
    public int run(String line) {
        String names = CommandNames.of(line);
        LOG.log(System.Logger.Level.INFO, "Console command user={0} command=component shell {1}", user, names);
        lines.begin();
        CommandSession current = session;
        FutureTask<String> command = new FutureTask<>(() -> text(current, current.execute(line)));
        Thread.ofVirtual().name(GuardedProcessor.THREAD).start(command);
        String problem = problem(command, names);
        if (!problem.isEmpty()) {
            problem.lines().forEach(lines.complaints()::line);
        }
        boolean cut = lines.end();
        if (cut) {
            // said past the budget that is used up
            lines.begin();
            lines.complaints().line("more than " + (LineOutput.MAX_BYTES >> 20)
                    + " MiB of output, of which the rest was left out; ask for less");
        }
        return cut || !problem.isEmpty() ? 1 : 0;
    }

    /// What a command returns is shown, as in Gogo's own shell.
    private static String text(CommandSession session, @Nullable Object result) {
        return result == null ? "" : session.format(result, Converter.INSPECT).toString();
    }

    /// Waits for a command, and shows what it returns.
    /// @return why it failed, empty when it did not
    private String problem(FutureTask<String> command, String names) {
        try {
            command.get(limit.toMillis(), TimeUnit.MILLISECONDS).lines().forEach(lines.output()::line);
            return "";
        } catch (ExecutionException e) {
            return failure(Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "Shell command is interrupted user={0} command={1} seconds={2}", user,
                    names, limit.toSeconds());
            anew(command);
            return "interrupted after " + limit.toSeconds() + " s; the session begins anew, without its variables";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            command.cancel(true);
            close();
            return "interrupted";
        }
    }

    /// What does not end writes to nobody any more.
    private void anew(FutureTask<String> command) {
        command.cancel(true);
        close();
        lines = LineOutput.pair(client.output, client.complaints);
        session = begin.apply(lines);
    }

    private static String failure(Throwable cause) {
        return switch (cause) {
            case CommandNotFoundException absent -> "no command " + absent.getCommand() + "; see: help";
            case CommandRefused refused -> String.valueOf(refused.getMessage());
            default -> cause.getClass().getSimpleName() + ": " + cause.getMessage();
        };
    }

    @Override
    public void close() {
        lines.close();
        session.close();
    }
}
