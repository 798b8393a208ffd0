package io.k3j.testkitmachine;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// One bash that runs the commands of a transcript one after the other, so that variables and background jobs live
/// on between them.
public final class Shell implements AutoCloseable {
    private static final String END = "\u0001end ";
    private static final int LINES = 100_000;

    private final ChildProcess process;
    private final Writer input;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES);

    public Shell(List<String> command, Map<String, String> environment) throws IOException {
        process = Launch.of(command).environment(environment).interactive().gracePeriod(Duration.ZERO).start();
        input = process.writer();
        Thread.ofVirtual().name("e2e-shell").start(this::read);
    }

    /// Runs a command.
    /// @throws AssertionError when it takes longer than `limit`; the shell is unusable then
    public Outcome run(String command, Duration limit) throws IOException, InterruptedException {
        input.write("{ " + command + "\n} </dev/null 2>&1; printf '\\001end %s\\n' $?\n");
        input.flush();
        StringBuilder text = new StringBuilder();
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            String line = lines.poll(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("not done after " + limit + ": " + command + "\n" + text);
            }
            int mark = line.indexOf(END);
            if (mark >= 0) {
                text.append(line, 0, mark);
                return new Outcome(Integer.parseInt(line.substring(mark + END.length())), text.toString());
            }
            text.append(line).append('\n');
        }
    }

    private void read() {
        try (BufferedReader output = process.reader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.put(line);
            }
        } catch (IOException e) {
            lines.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
