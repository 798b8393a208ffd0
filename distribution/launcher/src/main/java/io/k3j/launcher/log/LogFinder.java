package io.k3j.launcher.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Found by the JDK through `ServiceLoader`; makes every `System.Logger` of the process.
public final class LogFinder extends System.LoggerFinder {
    private static final int MAX_LOGGERS = 4096;

    private final Map<String, System.Logger> loggers = new ConcurrentHashMap<>();

    /// Used by `ServiceLoader`.
    public LogFinder() {
        // the settings follow when the command line is read
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        System.Logger known = loggers.get(name);
        if (known != null) {
            return known;
        }
        System.Logger fresh = new BundleLogger(name);
        if (loggers.size() < MAX_LOGGERS) {
            loggers.put(name, fresh);
        }
        return fresh;
    }
}
