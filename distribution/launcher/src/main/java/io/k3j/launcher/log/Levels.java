package io.k3j.launcher.log;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;

/// From which level on each logger is heard. Immutable.
///
/// `--debug` is DEBUG for our own loggers; `-v=N` is klog's scale, of which 4 is DEBUG and 6 TRACE;
/// `--vmodule=kubelet=6,edge=4` is `-v` for one component.
final class Levels {
    private static final int DEBUG_FROM = 4;
    private static final int TRACE_FROM = 6;

    private final Level ours;
    private final Map<String, Level> byComponent = new HashMap<>();

    Levels(boolean debug, String verbosity, String perComponent) {
        Level asked = level(verbosity);
        ours = debug && asked == Level.INFO ? Level.DEBUG : asked;
        for (String pair : perComponent.split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                byComponent.put(pair.substring(0, equals).trim().replace("-", ""), level(pair.substring(equals + 1)));
            }
        }
    }

    private static Level level(String verbosity) {
        int number = 0;
        for (char c : verbosity.trim().toCharArray()) {
            if (c < '0' || c > '9' || number > TRACE_FROM) {
                break;
            }
            number = number * 10 + c - '0';
        }
        if (number >= TRACE_FROM) {
            return Level.TRACE;
        }
        return number >= DEBUG_FROM ? Level.DEBUG : Level.INFO;
    }

    /// The threshold of one logger; foreign libraries are heard from WARNING on, unless named.
    Level of(String logger) {
        boolean own = logger.startsWith("io.k3j.");
        String component = logger.substring(logger.lastIndexOf('.') + 1);
        Level otherwise = own ? ours : Level.WARNING;
        return byComponent.getOrDefault(component, otherwise);
    }
}
