package io.k3j.launcher.log;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// One named logger. `{0}` in a message stands for the first parameter, written plainly: numbers in a log
/// have no grouping signs.
final class BundleLogger implements System.Logger {
    private final String name;

    BundleLogger(String name) {
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return Log.heard(name, level);
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message,
            @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            Log.write(name, level, String.valueOf(message), thrown);
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format,
            @Nullable Object @Nullable... parameters) {
        if (isLoggable(level)) {
            Log.write(name, level, filled(String.valueOf(format), parameters), null);
        }
    }

    static String filled(String format, @Nullable Object @Nullable [] parameters) {
        if (parameters == null || parameters.length == 0) {
            return format;
        }
        StringBuilder text = new StringBuilder(format.length() + 32);
        int from = 0;
        for (int open = format.indexOf('{'); open >= 0; open = format.indexOf('{', open + 1)) {
            int index = open + 2 < format.length() && format.charAt(open + 2) == '}' ? format.charAt(open + 1) - '0'
                    : -1;
            if (index >= 0 && index < parameters.length) {
                text.append(format, from, open).append(parameters[index]);
                from = open + 3;
            }
        }
        return text.append(format, from, format.length()).toString();
    }
}
