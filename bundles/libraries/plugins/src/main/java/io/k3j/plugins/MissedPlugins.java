package io.k3j.plugins;

import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Section;
import io.k3j.featuremodel.StateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The plug-ins that had a say in requests when they ran last and do not run although their files are there, whatever
/// keeps them from it: they are missed ([PluginHost#miss]) until their files are replaced by what runs, or taken away.
/// `<data-dir>/bundles/deciding.json` remembers across restarts what each of them decided about, so that a start lets
/// nothing pass that one of them has yet to look at, and nobody who keeps one from running is let pass.
///
/// One that an operator has stopped (`k3s bundle stop`) is missed as well, so that an API server misses it that has
/// never seen it; one that an operator has disabled is not. A directory that is away as a whole ends nothing while this
/// server runs. One that is sound and did not start is tried again, since everybody waits for it: after [#FIRST_PAUSE],
/// then later and later. Stands between the directory and who plugs; one thread.
final class MissedPlugins implements PluginDirectory.Plugs {
    /// How soon one that did not start is tried again, and how late at most.
    static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final String COPY = "copy";
    private static final String SERVICES = "services";
    private final Parts parts;
    private final Path directory;
    private final Path file;
    private final Map<String, Decided> decided = new TreeMap<>();
    private final Map<String, List<Runnable>> missed = new TreeMap<>();
    private final Map<String, Retry> retries = new TreeMap<>();
    /// Whether the file says what is known here.
    private boolean written = true;

    /// What it works with.
    ///
    /// @param miss tells that a bundle is missed, by its symbolic name and contracts; what it returns ends that
    /// @param disk makes the changes to the file
    /// @param plugs who plugs
    /// @param plugged the plug-ins that run
    /// @param decisions of one that runs: the contracts by which it has had a say, by its bundles' symbolic names
    /// @param stopped whether a bundle of one of them does not run all the same, since an operator has stopped it
    /// @param disabled whether an operator has disabled a component
    /// @param clock that is not set
    record Parts(BiFunction<String, Set<String>, Runnable> miss, StateFiles disk, PluginDirectory.Plugs plugs,
            Supplier<Collection<Plugin>> plugged, Function<Plugin, Map<String, Set<String>>> decisions,
            Predicate<Plugin> stopped, Predicate<String> disabled, InstantSource clock) {
    }

    private record Retry(Instant at, Duration pause) {
    }

    /// What one file's plug-in decided about.
    ///
    /// @param copy the name of its copy
    /// @param services contracts by the symbolic names of its bundles
    private record Decided(String copy, Map<String, Set<String>> services) {
        /// The component: names of copies are those of components with a checksum.
        String component() {
            return copy.substring(0, Math.max(0, copy.lastIndexOf('-')));
        }

        Decided and(Map<String, Set<String>> more) {
            Map<String, Set<String>> all = new TreeMap<>();
            services.forEach((name, types) -> all.put(name, new TreeSet<>(types)));
            more.forEach((name, types) -> all.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(types));
            return new Decided(copy, all);
        }
    }

    /// Reads what is remembered.
    /// @throws FeatureProblem naming the file, when it cannot be read: what it says keeps requests out
    MissedPlugins(Path dataDir, Parts parts) {
        this.parts = parts;
        this.directory = dataDir.resolve("plugins");
        this.file = dataDir.resolve("bundles/deciding.json");
        if (Files.exists(file)) {
            Section section = new Section(file, "", Set.of());
            section.names().forEach(name -> decided.put(name, read(section.section(name))));
        }
    }

    private static Decided read(Section section) {
        Section services = section.section(SERVICES);
        Map<String, Set<String>> types = new TreeMap<>();
        services.names().forEach(name -> types.put(name, new TreeSet<>(services.texts(name))));
        return new Decided(section.text(COPY), types);
    }

    /// Misses those whose files are there, before anything is started that they decide about.
    void begin() {
        decided.keySet().forEach(this::miss);
    }

    private void miss(String name) {
        Decided one = decided.get(name);
        if (one == null || missed.containsKey(name) || !wanted(name) || runs(name)) {
            return;
        }
        List<Runnable> told = new ArrayList<>();
        one.services.forEach((owner, types) -> told.add(parts.miss.apply(owner, types)));
        missed.put(name, told);
    }

    private boolean runs(String name) {
        return parts.plugged.get().stream()
                .anyMatch(plugin -> plugin.file().equals(name) && !parts.stopped.test(plugin));
    }

    /// Misses it, unless it runs.
    private void see(String name) {
        if (runs(name)) {
            found(name);
        } else {
            miss(name);
        }
    }

    /// Whether it is to run: its file is there, and nobody has disabled it.
    private boolean wanted(String name) {
        return enabled(name) && !Files.notExists(directory.resolve(name));
    }

    private boolean enabled(String name) {
        Decided one = decided.get(name);
        return one != null && !parts.disabled.test(one.component());
    }

    /// Whether it is not to run any more. A directory that is away has taken nothing away.
    private boolean over(String name) {
        return !wanted(name) && !(enabled(name) && Files.notExists(directory));
    }

    private void found(String name) {
        List<Runnable> told = missed.remove(name);
        retries.remove(name);
        if (told != null) {
            told.forEach(Runnable::run);
        }
    }

    /// One that did not start; what is refused for what it is waits for another file, or other keys.
    private void again(String name, RuntimeException why) {
        Retry before = retries.remove(name);
        if (missed.containsKey(name) && didNotStart(why)) {
            Duration pause = before == null ? FIRST_PAUSE : before.pause.multipliedBy(2);
            Duration next = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            retries.put(name, new Retry(parts.clock.instant().plus(next), next));
        }
    }

    private static boolean didNotStart(@Nullable Throwable why) {
        return why instanceof SwapRefused || why != null && didNotStart(why.getCause());
    }

    /// @return why it does not run; empty when it does
    private String retried(String name) throws InterruptedException {
        try {
            plug(directory.resolve(name));
            return "";
        } catch (FeatureProblem e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            return directory.resolve(name) + " cannot be plugged in: " + e;
        }
    }

    private void note(Plugin plugin) {
        Map<String, Set<String>> now = parts.decisions.apply(plugin);
        Decided before = decided.get(plugin.file());
        Decided known = before != null && before.copy.equals(plugin.kept()) ? before
                : new Decided(plugin.kept(), Map.of());
        Decided after = known.and(now);
        if (after.services.isEmpty()) {
            forget(plugin.file());
        } else if (!after.equals(before)) {
            decided.put(plugin.file(), after);
            write();
        }
    }

    private void forget(String name) {
        if (decided.remove(name) != null) {
            write();
        }
    }

    /// A disk that is full, as a plug-in may make it, keeps nobody from stopping that one: it is tried again.
    private void write() {
        Map<String, Object> all = new TreeMap<>();
        decided.forEach((name, one) -> all.put(name, Map.of(COPY, one.copy, SERVICES, one.services)));
        try {
            parts.disk.write(file, all);
            written = true;
        } catch (FeatureProblem e) {
            if (written) {
                LOG.log(System.Logger.Level.ERROR, "What plugins decide about is not remembered yet reason={0}",
                        e.getMessage());
            }
            written = false;
        }
    }

    @Override
    public Object keys() {
        return parts.plugs.keys();
    }

    @Override
    public void plug(Path jar) throws InterruptedException {
        String name = jar.getFileName().toString();
        try {
            parts.plugs.plug(jar);
            found(name);
        } catch (RuntimeException e) {
            see(name);
            again(name, e);
            throw e instanceof FeatureProblem refusal && missed.containsKey(name) ? told(refusal) : e;
        }
    }

    private static FeatureProblem told(FeatureProblem refusal) {
        String reason = String.valueOf(refusal.getMessage());
        return reason.contains(StoppedPlugins.HELD) ? refusal
                : new FeatureProblem(reason + StoppedPlugins.HELD, refusal);
    }

    @Override
    public Map<String, String> stopFailing() throws InterruptedException {
        if (!written) {
            write();
        }
        parts.plugged.get().forEach(plugin -> {
            note(plugin);
            see(plugin.file());
        });
        Map<String, String> told = new TreeMap<>(parts.plugs.stopFailing());
        told.keySet().forEach(this::miss);
        List.copyOf(missed.keySet()).stream().filter(this::over).forEach(this::found);
        Instant now = parts.clock.instant();
        for (Map.Entry<String, Retry> one : new TreeMap<>(retries).entrySet()) {
            if (!one.getValue().at.isAfter(now)) {
                told.put(one.getKey(), retried(one.getKey()));
            }
        }
        return told;
    }

    @Override
    public void unplug(String name) throws InterruptedException {
        parts.plugs.unplug(name);
        forget(name);
    }

    @Override
    public Set<String> ran() {
        return parts.plugs.ran();
    }

    @Override
    public void retire(String name) throws InterruptedException {
        parts.plugs.retire(name);
        forget(name);
    }

    @Override
    public void tidy() {
        parts.plugs.tidy();
        List.copyOf(decided.keySet()).stream().filter(name -> Files.notExists(directory.resolve(name)))
                .forEach(this::forget);
    }

    @Override
    public void tell(String name, String reason) {
        parts.plugs.tell(name, reason);
    }
}
