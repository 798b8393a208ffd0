package io.k3j.launcher.log;

import java.lang.System.Logger.Level;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/// One entry before it is laid out.
///
/// @param time when, in the local zone
/// @param level how grave
/// @param logger the logger's name
/// @param message without a line end
/// @param failure what was thrown, if anything
record Entry(ZonedDateTime time, Level level, String logger, String message, @Nullable Throwable failure) {
    private static final String OURS = "io.k3j.";

    /// The bundle's short name, or the last part of a foreign logger's name.
    String component() {
        String name = logger.startsWith(OURS) ? logger.substring(OURS.length()) : logger;
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
