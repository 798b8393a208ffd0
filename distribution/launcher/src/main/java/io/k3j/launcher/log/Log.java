package io.k3j.launcher.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where entries go and how they look. One per process; until [#configure] it writes klog text from INFO
/// on to standard error.
public final class Log {
    private static volatile Log current = new Log(new KlogLayout(ProcessHandle.current().pid()),
            new Levels(false, "0", ""), List.of(terminal()));

    private final Layout layout;
    private volatile Levels levels;
    private final List<Place> places;

    /// Where lines go.
    interface Place {
        void write(byte[] line) throws IOException;
    }

    Log(Layout layout, Levels levels, List<Place> places) {
        this.layout = layout;
        this.levels = levels;
        this.places = places;
    }

    private static Place terminal() {
        return new FileOutputStream(FileDescriptor.err)::write;
    }

    /// What the flags of logging say.
    ///
    /// @param debug `--debug`
    /// @param verbosity `-v`
    /// @param perComponent `--vmodule`
    /// @param file `--log`, or empty
    /// @param alsoTerminal `--alsologtostderr`
    /// @param json one JSON object a line
    public record Settings(boolean debug, String verbosity, String perComponent, String file, boolean alsoTerminal,
            boolean json) {
    }

    /// Uses these settings from now on.
    /// @throws IOException when the log file cannot be written
    public static void configure(Settings settings) throws IOException {
        Layout layout = settings.json ? new JsonLayout() : new KlogLayout(ProcessHandle.current().pid());
        Levels levels = new Levels(settings.debug, settings.verbosity, settings.perComponent);
        List<Place> places = new ArrayList<>();
        if (settings.file.isEmpty() || settings.alsoTerminal) {
            places.add(terminal());
        }
        if (!settings.file.isEmpty()) {
            places.add(new RotatedFile(Path.of(settings.file))::write);
        }
        current = new Log(layout, levels, List.copyOf(places));
    }

    /// Hears other levels from now on; where entries go and how they look stays as it is.
    ///
    /// @param debug `--debug`
    /// @param verbosity `-v`
    /// @param perComponent `--vmodule`
    public static void levels(boolean debug, String verbosity, String perComponent) {
        current.levels = new Levels(debug, verbosity, perComponent);
    }

    static boolean heard(String logger, Level level) {
        Level threshold = current.levels.of(logger);
        return level != Level.OFF && level.getSeverity() >= threshold.getSeverity();
    }

    static void write(String logger, Level level, String message, @Nullable Throwable failure) {
        Log log = current;
        log.write(log.layout.text(new Entry(ZonedDateTime.now(), level, logger, message, failure)));
    }

    /// Whole lines: one at a time. A place that takes none keeps it from no other.
    synchronized void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (Place place : places) {
            try {
                place.write(bytes);
            } catch (IOException e) {
                // a log that cannot be written must not stop what it is about
                Thread.onSpinWait();
            }
        }
    }
}
