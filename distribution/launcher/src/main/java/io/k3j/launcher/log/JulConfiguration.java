package io.k3j.launcher.log;

import java.lang.System.Logger.Level;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Brings `java.util.logging`, which libraries use, here. Named in the system property
/// `java.util.logging.config.class`, so it is made only when somebody logs that way.
public final class JulConfiguration {
    /// Used by the log manager.
    public JulConfiguration() {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(java.util.logging.Level.INFO);
        root.addHandler(new ToLog());
    }

    private static final class ToLog extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord entry) {
            Level level = level(entry);
            String logger = String.valueOf(entry.getLoggerName());
            if (Log.heard(logger, level)) {
                Log.write(logger, level, formatter.formatMessage(entry), entry.getThrown());
            }
        }

        private static Level level(LogRecord entry) {
            int value = entry.getLevel().intValue();
            if (value >= java.util.logging.Level.SEVERE.intValue()) {
                return Level.ERROR;
            }
            if (value >= java.util.logging.Level.WARNING.intValue()) {
                return Level.WARNING;
            }
            return value >= java.util.logging.Level.INFO.intValue() ? Level.INFO : Level.DEBUG;
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // the log outlives its handlers
        }
    }
}
