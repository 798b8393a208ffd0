package io.k3j.gogo;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// A stream of bytes as lines of text, each given away as soon as it has ended. Bounded: what is beyond is thrown away.
/// Any thread may write.
final class LineOutput extends OutputStream {
    /// Of one command, its complaints included.
    static final long MAX_BYTES = 4L << 20;
    /// Longer lines are broken.
    static final int MAX_LINE_BYTES = 16 << 10;

    /// What both streams of a session share, and by which they wait for each other.
    private static final class Budget {
        private long left = MAX_BYTES;
        private boolean exceeded;
        /// Beside the lock, which one who writes to a client that does not read may hold for long.
        private volatile boolean closed;
    }

    /// The streams of a session.
    record Pair(LineOutput output, LineOutput complaints) implements AutoCloseable {
        /// Begins a command.
        void begin() {
            output.renew();
        }

        /// Gives away what has no line end.
        /// @return whether something was thrown away
        boolean end() {
            boolean exceeded = output.finish();
            return complaints.finish() || exceeded;
        }

        /// From now on everything is thrown away. Waits for nobody.
        @Override
        public void close() {
            output.budget.closed = true;
        }
    }

    private final Consumer<String> lines;
    private final Budget budget;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LineOutput(Consumer<String> lines, Budget budget) {
        this.lines = lines;
        this.budget = budget;
    }

    /// Lines are given to one of the two at a time.
    static Pair pair(Consumer<String> output, Consumer<String> complaints) {
        Budget budget = new Budget();
        return new Pair(new LineOutput(output, budget), new LineOutput(complaints, budget));
    }

    /// A line of its own, whatever was written.
    void line(String text) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        synchronized (budget) {
            for (int i = from; i < from + count; i++) {
                add(bytes[i]);
            }
        }
    }

    private void add(byte one) {
        if (budget.closed || budget.left == 0) {
            budget.exceeded = true;
            return;
        }
        budget.left--;
        if (one == '\n') {
            give();
        } else {
            line.write(one);
            if (line.size() == MAX_LINE_BYTES) {
                give();
            }
        }
    }

    private void give() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        // who reads lines takes a carriage return for the end of one
        lines.accept((text.endsWith("\r") ? text.substring(0, text.length() - 1) : text).replace('\r', ' '));
    }

    private void renew() {
        synchronized (budget) {
            budget.left = MAX_BYTES;
            budget.exceeded = false;
        }
    }

    private boolean finish() {
        synchronized (budget) {
            if (line.size() > 0 && !budget.closed) {
                give();
            }
            return budget.exceeded;
        }
    }
}
