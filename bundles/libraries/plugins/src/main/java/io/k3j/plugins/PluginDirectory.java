package io.k3j.plugins;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.PluginFile;
import io.k3j.featuremodel.PluginFile.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `<data-dir>/plugins`: what is put there is verified and plugged in, what is taken away is unplugged. One that is
/// refused, or fails, costs itself: the reason is told once, and again when its file has changed.
///
/// A file is read when two looks have found it the same, since it may be being copied. [#MOST] files are plugged in at
/// most: those that are keep their places, and of the others the first by name get what is left. One thread looks.
final class PluginDirectory {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// How many files are plugged in.
    static final int MOST = 64;
    /// Stands for files that have no place.
    private static final String OTHERS = "*";
    /// Stands for the directory.
    private static final String ITSELF = ".";
    private final Path directory;
    private final Plugs plugs;
    /// What the last look has found.
    private Map<String, Stamp> seen = new HashMap<>();
    /// What was read, whether it runs or was refused: it is read again when it has changed.
    private final Map<String, Stamp> taken = new HashMap<>();
    /// By file; read by who lists components.
    private final Map<String, Refusal> refused = new ConcurrentHashMap<>();
    private final InstantSource clock;
    /// All names at the last look that could read the directory; null before.
    private @Nullable Set<String> present;
    /// What signatures were compared with at the last look, and what they count by.
    private Object keysSeen;
    private Object keysTaken;
    /// Files that are to be read again although they are the same.
    private final Set<String> again = new HashSet<>();

    /// Why a file does not run, and when it was read last.
    private record Refusal(String reason, Instant since) {
    }

    /// Does what the directory asks for.
    interface Plugs {
        /// What changes when signatures are compared with other keys.
        Object keys();

        /// Verifies a file, and runs it in the place of what ran from the same file before.
        /// What runs and is not trusted any more is stopped.
        /// @throws FeatureProblem with the reason, when it does not run
        void plug(Path file) throws InterruptedException;

        /// The files that ran before this server was started, do not run, and have not cleaned up.
        Set<String> ran();

        /// One of them has been taken away meanwhile.
        void retire(String file) throws InterruptedException;

        /// All of them have been asked: nothing else is left over.
        void tidy();

        /// Stops what must not run any more because of what it did.
        /// @return why, by file
        Map<String, String> stopFailing() throws InterruptedException;

        /// The file has gone.
        /// @throws FeatureProblem with the reason, when something of it is left; it is asked for again then
        void unplug(String file) throws InterruptedException;

        /// A file is refused, or is not any more when the reason is empty.
        void tell(String file, String reason);
    }

    PluginDirectory(Path dataDir, Plugs plugs, InstantSource clock) {
        this.directory = dataDir.resolve("plugins");
        this.plugs = plugs;
        this.clock = clock;
        this.keysSeen = plugs.keys();
        this.keysTaken = keysSeen;
    }

    /// Looks once.
    void look() throws InterruptedException {
        Map<String, Stamp> now = files();
        if (keysChanged()) {
            again.addAll(taken.keySet());
        }
        for (String file : List.copyOf(taken.keySet())) {
            if (!now.containsKey(file)) {
                unplug(file);
            }
        }
        for (Map.Entry<String, Stamp> entry : now.entrySet()) {
            String file = entry.getKey();
            boolean settled = entry.getValue().equals(seen.get(file));
            if (settled && (!entry.getValue().equals(taken.get(file)) || again.contains(file))) {
                taken.put(file, entry.getValue());
                again.remove(file);
                plug(file);
            }
        }
        seen = now;
        plugs.stopFailing().forEach(this::tell);
    }

    /// Whether signatures are compared with other keys from now on: all files are read again then. They count when two
    /// looks have found them the same, as files do, and wait for a directory that nothing is read of.
    private boolean keysChanged() {
        Object now = plugs.keys();
        boolean changed = now.equals(keysSeen) && !now.equals(keysTaken) && !refused.containsKey(ITSELF);
        if (changed) {
            keysTaken = now;
        }
        keysSeen = now;
        return changed;
    }

    /// Looks at the start, when nobody is copying.
    void lookFirst() throws InterruptedException {
        seen = files();
        look();
    }

    /// Has that clean up which was taken away while this server was down. A directory that is away itself, or cannot be
    /// read, says nothing about what it held.
    void retireGone() throws InterruptedException {
        Set<String> names = present;
        if (names == null) {
            return;
        }
        for (String file : plugs.ran()) {
            if (!names.contains(file)) {
                leave("Plugin was taken away and has not cleaned up plugin=" + file, () -> plugs.retire(file));
            }
        }
        leave("Copies of plugins stay until the next start", plugs::tidy);
    }

    /// Leaves to the next start what fails at this one; the rest goes on.
    private static void leave(String what, SupervisedLoop.Work work) throws InterruptedException {
        try {
            work.run();
        } catch (FeatureProblem | SwapRefused e) {
            LOG.log(System.Logger.Level.WARNING, "{0} reason={1}", what, e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, what, e);
        }
    }

    /// What is not out is tried again at each look, and read again when its file is back.
    private void unplug(String file) throws InterruptedException {
        String reason = "";
        try {
            plugs.unplug(file);
        } catch (FeatureProblem | SwapRefused e) {
            reason = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Plugin breaks who takes it out plugin=" + file, e);
            reason = "its file is gone, and it cannot be unplugged: " + e;
        }
        if (reason.isEmpty()) {
            taken.remove(file);
            again.remove(file);
        } else {
            again.add(file);
        }
        tell(file, reason);
    }

    /// What nobody has thought of is a refusal as well: the loop goes on with the other files.
    private void plug(String file) throws InterruptedException {
        try {
            plugs.plug(directory.resolve(file));
            tell(file, "");
        } catch (FeatureProblem e) {
            refuse(file, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // of a file that nobody has thought of; the others run
            LOG.log(System.Logger.Level.DEBUG, "Plugin breaks its reader plugin=" + file, e);
            refuse(file, directory.resolve(file) + " cannot be plugged in: " + e);
        }
    }

    /// Also when the reason is the one before: it is about other bytes.
    private void refuse(String file, String reason) {
        tell(file, reason);
        refused.put(file, new Refusal(reason, clock.instant()));
    }

    /// Nothing is read of a directory that others can write to, and nothing is taken out for that either; nor for one
    /// that is away as a whole, which may be one that is not mounted.
    private Map<String, Stamp> files() {
        Map<String, Stamp> files = new TreeMap<>();
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            tell(ITSELF, taken.isEmpty() ? "" : directory + " is away, and what it held stays as it is; to have all of"
                    + " it taken out: mkdir -m 755 " + directory);
            return new TreeMap<>(taken);
        }
        try {
            PluginFile.refuseOthers(directory);
            tell(ITSELF, "");
        } catch (FeatureProblem e) {
            // what runs already was read when nobody else could write
            tell(ITSELF, String.valueOf(e.getMessage()));
            return new TreeMap<>(taken);
        }
        try (Stream<Path> all = Files.list(directory)) {
            List<String> names = all.filter(PluginFile::isPlugin).map(f -> f.getFileName().toString()).toList();
            for (String name : placed(names)) {
                files.put(name, PluginFile.stamp(directory.resolve(name)));
            }
            present = Set.copyOf(names);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Plugin directory changes while it is looked at", e);
            return seen;
        }
        return files;
    }

    /// A file more must not throw out one that runs.
    private List<String> placed(List<String> all) {
        List<String> placed = all.stream()
                .sorted(Comparator.comparing((String name) -> !taken.containsKey(name)).thenComparing(name -> name))
                .limit(MOST).toList();
        tell(OTHERS, all.size() == placed.size() ? "" : all.size() - placed.size() + " of " + all.size()
                + " files are not plugged in, for there is room for " + MOST + "; take others away first: "
                + directory);
        return placed;
    }

    /// Once, until there is something else to say.
    private void tell(String file, String reason) {
        Refusal before = refused.get(file);
        if (reason.equals(before == null ? "" : before.reason())) {
            return;
        }
        if (reason.isEmpty()) {
            refused.remove(file);
        } else {
            refused.put(file, new Refusal(reason, clock.instant()));
        }
        plugs.tell(file, reason);
    }

    /// What does not run, as components.
    List<Components.Feature> refused() {
        return new TreeMap<>(refused).entrySet().stream().map(entry -> shown(entry.getKey(), entry.getValue()))
                .toList();
    }

    /// As a feature of one bundle that was stopped, since operators look for it among those.
    private Components.Feature shown(String file, Refusal refusal) {
        String name = file.equals(ITSELF) ? directory.toString() : "plugins/" + file;
        return new Components.Feature(name, "FAILED", "plugins", List.of(), List.of(new Components.Component(name, name,
                "", "FAILED", HealthLevel.STOPPED, "", SwapPolicy.REPLACE, refusal.since().toString())),
                refusal.reason());
    }
}
