package io.k3j.datastoreconformance;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Hears what the log of rows tells the operator.
final class Said extends Handler implements AutoCloseable {
    private final Queue<String> sentences = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getLogger("io.k3j.sqllog");

    Said() {
        logger.addHandler(this);
    }

    /// How often a sentence was said that begins like that.
    long count(String beginning) {
        return sentences.stream().filter(sentence -> sentence.startsWith(beginning)).count();
    }

    @Override
    public void publish(LogRecord said) {
        sentences.add(said.getMessage());
    }

    @Override
    public void flush() {
        // nothing is kept back
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
