package io.k3j.cli;

import io.k3j.launcher.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Takes up what changes in the configuration file and its drop-ins while a server or agent runs.
///
/// | flags | count |
/// |---|---|
/// | `debug`, `v`, `vmodule` | at once |
/// | all others | with the next start, which is told once for each change |
///
/// A file that has become invalid changes nothing, and is told with its line. Values are never told. What servers have
/// to agree on is what each was started with, whatever the file says meanwhile. What comes from the network, or out of
/// a pipe, is read once and not watched.
///
/// One thread looks, once a second; a change counts when two looks have found the same.
final class ConfigWatch {
    /// Taken up at once a server's file would be held against what the cluster's servers agree on.
    private static final String DECIDE = "; on this server at once: k3s component enable or disable NAME, on all with"
            + " --cluster (what servers agree on stays what each was started with)";
    private static final System.Logger LOG = System.getLogger("io.k3j.cli");
    private static final long LOOK_MILLIS = 1000;
    private static final Set<String> LIVE = Set.of("debug", "v", "vmodule");
    private final Source source;
    private final Effects effects;
    private final Resolution started;
    private final CountDownLatch end = new CountDownLatch(1);
    private Resolution current;
    private Map<Path, Stamp> seen;
    private Map<Path, Stamp> taken;

    /// Where flags come from, the file beside what does not change any more.
    ///
    /// @param command `server` or `agent`
    record Source(String command, Flags flags, List<String> arguments, Map<String, String> environment) {
        private Path file() {
            return Path.of(Resolution.file(command, flags, arguments, environment));
        }

        /// Whether it can be read again: what comes from the network or out of a pipe cannot.
        private boolean lasts() {
            return !Resolution.file(command, flags, arguments, environment).contains("://")
                    && (Files.isRegularFile(file()) || Files.notExists(file()));
        }
    }

    /// What follows from a change.
    interface Effects {
        /// Those of this process.
        Effects REAL = new Effects() {
            @Override
            public void levels(boolean debug, String verbosity, String perComponent) {
                Log.levels(debug, verbosity, perComponent);
            }

            @Override
            public void tell(Level level, String message) {
                LOG.log(level, "{0}", message);
            }
        };

        /// The log hears other levels.
        void levels(boolean debug, String verbosity, String perComponent);

        /// An operator is told.
        void tell(Level level, String message);
    }

    /// Looks until it is closed.
    interface Watching extends AutoCloseable {
        @Override
        void close();
    }

    private record Stamp(long size, FileTime modified) {
    }

    /// Remembers how things are at the start, which has found them valid; looks no sooner than [#look].
    ConfigWatch(Source source, Effects effects) {
        this.source = source;
        this.effects = effects;
        this.started = Resolution.of(source.flags, source.arguments, source.environment,
                new Findings(source.command, new ArrayList<>()));
        this.current = started;
        this.seen = stamps();
        this.taken = seen;
    }

    /// Remembers how things are, if there is something to look at.
    ///
    /// @return what begins to look, once the log is there
    static Supplier<Watching> remember(Source source, Effects effects) {
        if (!source.lasts()) {
            return () -> () -> {
            };
        }
        return new ConfigWatch(source, effects)::begin;
    }

    private Watching begin() {
        Thread.ofPlatform().name("config-watch").daemon().start(this::run);
        return end::countDown;
    }

    private void run() {
        try {
            while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks once.
    void look() {
        Map<Path, Stamp> now = stamps();
        if (now.equals(seen) && !now.equals(taken)) {
            taken = now;
            takeUp();
        }
        seen = now;
    }

    private Map<Path, Stamp> stamps() {
        Map<Path, Stamp> stamps = new TreeMap<>();
        Path file = source.file();
        stamp(file, stamps);
        Path more = Path.of(file + ".d");
        if (Files.isDirectory(more)) {
            try (Stream<Path> all = Files.list(more)) {
                all.forEach(one -> stamp(one, stamps));
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "Configuration directory changes while it is looked at", e);
            }
        }
        return stamps;
    }

    private static void stamp(Path file, Map<Path, Stamp> stamps) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            stamps.put(file, new Stamp(attributes.size(), attributes.lastModifiedTime()));
        } catch (IOException e) {
            LOG.log(Level.TRACE, "No file of configuration", e);
        }
    }

    private void takeUp() {
        Findings findings = new Findings(source.command, new ArrayList<>());
        try {
            Resolution fresh = Resolution.of(source.flags, source.arguments, source.environment, findings);
            fresh.names().forEach(name -> fresh.all(name)
                    .forEach(s -> TypeCheck.problem(s).or(() -> Support.problem(s))
                            .ifPresent(findings.problems()::add)));
            if (!findings.problems().isEmpty()) {
                throw new UsageFailure(findings.problems());
            }
            findings.warnings().forEach(warning -> effects.tell(Level.WARNING, warning));
            takeUp(fresh);
        } catch (UsageFailure e) {
            effects.tell(Level.WARNING, "Configuration has become invalid, and changes nothing error="
                    + String.join("; ", String.valueOf(e.getMessage()).lines().toList()));
        }
    }

    private void takeUp(Resolution fresh) {
        boolean levels = false;
        for (Flag flag : source.flags.all()) {
            if (!values(fresh, flag).equals(values(current, flag))) {
                levels |= LIVE.contains(flag.name());
                tell(flag, fresh);
            }
        }
        current = fresh;
        if (levels) {
            effects.levels(TypeCheck.bool(text("debug", "false")).orElse(false), text("v", "0"),
                    ComponentVerbosity.vmodule(current));
        }
    }

    private void tell(Flag flag, Resolution fresh) {
        String where = " flag=" + flag.shown() + " where="
                + fresh.last(flag.name()).map(Setting::where).orElse("nowhere any more");
        if (LIVE.contains(flag.name())) {
            effects.tell(Level.INFO, "Flag has changed, and counts from now on" + where);
        } else if (values(fresh, flag).equals(values(started, flag))) {
            effects.tell(Level.INFO, "Flag is as at the start of this process again" + where);
        } else {
            effects.tell(Level.WARNING, "Flag has changed, which takes effect with the next start" + where
                    + (flag.name().equals("disable") ? DECIDE : ""));
        }
    }

    private static List<String> values(Resolution resolution, Flag flag) {
        return resolution.all(flag.name()).stream().map(Setting::value).toList();
    }

    private String text(String name, String otherwise) {
        return current.last(name).map(Setting::value).orElse(otherwise);
    }
}
