package io.k3j.plugins;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentbase.FaultyBundle;
import io.k3j.featuremodel.Handle;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/// Judges plug-ins while they run, and tells of those that do not run any more. What a plug-in does costs itself only
/// as far as it can be seen: calls that would end the process, processors, threads, and what its health says. One
/// thread judges, anybody may ask for figures.
final class PluginGuard {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// After the file's name, where health is about its threads.
    private static final String THREADS = " threads";
    /// What others say of a plug-in by its health, and how it is counted.
    private static final Map<String, String> CAUSES = Map.of(FaultyBundle.EXIT, "exit", FaultyBundle.CALL, "call");
    /// The same, where it is about its health.
    private static final String HEALTH = " health";
    /// What decides about requests: when it is away they are answered 503, and never let pass.
    private static final Set<String> DECIDING = Set.of("io.k3j.apiserverapi.Admission",
            "io.k3j.apiserverapi.Authenticator", "io.k3j.apiserverapi.Authorizer");
    private final PluginHost host;
    private final InstantSource clock;
    private final PluginClasses classes = new PluginClasses();
    private final PluginUse use = new PluginUse();
    private final LeftThreads left = new LeftThreads(use::threads, LeftThreads::alive, use::samples);
    private final HealthFaults lasting = new HealthFaults();
    private final Sampling sampling;
    /// The files of bundles that run, by their locations.
    private final Map<String, String> watched = new ConcurrentHashMap<>();
    /// By the locations of those that decide about requests the contracts by which they do.
    private final Map<String, Set<String>> deciding = new ConcurrentHashMap<>();
    /// By cause, since this process was started.
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    /// The locations of bundles whose health is told, by file.
    private final Map<String, String> unwell = new ConcurrentHashMap<>();
    /// Names of threads by file, as the last look has found them.
    private volatile Map<String, List<String>> leftBehind = Map.of();

    /// What a plug-in has done.
    ///
    /// @param cause one word, for machines
    /// @param reason a sentence about it
    record Fault(String cause, String reason) {
    }

    /// @param clock one that nobody sets
    /// @param recorder where is written what computes
    PluginGuard(PluginHost host, InstantSource clock, Recorder recorder) {
        this.host = host;
        this.clock = clock;
        this.sampling = new Sampling(() -> PluginSampler.start(recorder, use, classes), recorder::free);
    }

    /// What sees their classes, to be registered before any of them is installed.
    PluginClasses classes() {
        return classes;
    }

    /// A plug-in is about to be started.
    void begins(Plugin plugin) {
        sampling.begin();
        for (Plugin.Part part : plugin.parts()) {
            String location = part.bundle().location();
            watched.put(location, plugin.file());
            left.again(location);
            use.again(location);
            lasting.again(location);
        }
    }

    /// Whether it has had a say in requests, which do not pass without it then.
    boolean decides(Plugin plugin) {
        plugin.handles().forEach(this::noteDeciding);
        return plugin.handles().stream().anyMatch(handle -> deciding.containsKey(handle.location()));
    }

    /// The contracts by which it has had a say, by the symbolic names of its bundles; empty when it has had none.
    Map<String, Set<String>> decisions(Plugin plugin) {
        decides(plugin);
        Map<String, Set<String>> decisions = new TreeMap<>();
        for (Handle handle : plugin.handles()) {
            Set<String> types = deciding.get(handle.location());
            if (types != null) {
                decisions.put(handle.symbolicName(), new TreeSet<>(types));
            }
        }
        return decisions;
    }

    /// Noted while it runs: of a bundle that was stopped nobody knows what it had offered.
    private void noteDeciding(Handle handle) {
        ServiceReference<?>[] services = host.installed(handle).map(Bundle::getRegisteredServices).orElse(null);
        if (services == null) {
            return;
        }
        for (ServiceReference<?> one : services) {
            if (one.getProperty(Constants.OBJECTCLASS) instanceof String[] types) {
                Arrays.stream(types).filter(DECIDING::contains).forEach(type -> deciding
                        .computeIfAbsent(handle.location(), _ -> ConcurrentHashMap.newKeySet()).add(type));
            }
        }
    }

    /// Whether a bundle is in the framework.
    boolean installed(Handle handle) {
        return host.installed(handle).isPresent();
    }

    /// Whether the code of a bundle is in its start or its stop: whoever takes it out waits for that.
    boolean busy(Handle handle) {
        return host.installed(handle).filter(bundle -> bundle.getState() == Bundle.STOPPING
                || bundle.getState() == Bundle.STARTING
                        && bundle.getHeaders("").get(Constants.BUNDLE_ACTIVATIONPOLICY) == null)
                .isPresent();
    }

    /// Bundles that were held are started again: their classes come by here once more, since those they had may be
    /// forgotten.
    void loadAnew(Collection<Handle> handles) throws InterruptedException {
        for (Handle handle : handles) {
            host.renew(handle);
        }
    }

    /// Why a plug-in must not run any more; empty when it may.
    Optional<Fault> fault(Plugin plugin) {
        decides(plugin);
        return plugin.parts().stream().flatMap(part -> fault(plugin, part.bundle()).stream()).findFirst();
    }

    /// What others say of it comes first, then its own health, then what it uses: the first fault is the reason.
    private Optional<Fault> fault(Plugin plugin, Handle handle) {
        String location = handle.location();
        Optional<Bundle> bundle = host.installed(handle);
        if (bundle.isEmpty() || !runs(location)) {
            // what an operator has stopped does nothing; what it has left is told of by its threads
            return Optional.empty();
        }
        Optional<Fault> told = host.reports(bundle.get()).stream()
                .filter(report -> report.level() == HealthLevel.STOPPED && CAUSES.containsKey(report.component()))
                .findFirst()
                .map(report -> new Fault(CAUSES.getOrDefault(report.component(), ""),
                        handle.symbolicName() + " " + report.message()));
        return told.or(() -> unwell(plugin, handle, bundle.get())).or(() -> greedy(handle, bundle.get(), location));
    }

    /// Degraded is no fault, and a fault is told before it becomes a reason to stop it.
    private Optional<Fault> unwell(Plugin plugin, Handle handle, Bundle bundle) {
        List<String> faults = host.faults(bundle);
        String reason = handle.symbolicName() + ": " + String.join(", ", faults);
        if (lasting.lasts(handle.location(), faults.isEmpty(), clock.instant())) {
            tell(plugin.file() + HEALTH, "");
            return Optional.of(new Fault("health", reason));
        }
        // of an archive another bundle may be what is not well
        if (!faults.isEmpty() || handle.location().equals(unwell.get(plugin.file()))) {
            tell(plugin.file() + HEALTH, faults.isEmpty() ? "" : reason + "; it is stopped when that lasts for "
                    + HealthFaults.LASTING.toSeconds() + " s");
            unwell.put(plugin.file(), faults.isEmpty() ? "" : handle.location());
        }
        return Optional.empty();
    }

    /// By the header of the bundle that is installed, which the reader has looked at.
    private Optional<Fault> greedy(Handle handle, Bundle bundle, String location) {
        double processors = PluginReader.processors(bundle.getHeaders("").get(PluginReader.PROCESSORS));
        use.allow(location, processors);
        if (use.over(location)) {
            return Optional.of(new Fault("processor", handle.symbolicName() + " has used " + PluginUse.BURST.toSeconds()
                    + " s of processor time more than the " + processors
                    + " processors it may; what needs more says so: "
                    + PluginReader.PROCESSORS));
        }
        int threads = use.threads(location).size();
        if (threads > PluginUse.MOST_THREADS) {
            // ends that nobody was told of
            threads = LeftThreads.alive(use.threads(location)).size();
        }
        return threads <= PluginUse.MOST_THREADS ? Optional.empty()
                : Optional.of(new Fault("threads", handle.symbolicName() + " has " + threads + " threads, more than "
                        + PluginUse.MOST_THREADS));
    }

    /// Looks after threads of what was stopped, and at nothing when there is nothing to look at.
    /// @param plugged those there are
    void look(Collection<Plugin> plugged) {
        watch(plugged);
        Map<String, List<String>> before = leftBehind;
        Map<String, List<String>> now = left.look(clock.instant(), this::over);
        leftBehind = now;
        before.keySet().stream().filter(file -> !now.containsKey(file)).forEach(file -> tell(file + THREADS, ""));
        now.forEach((file, names) -> {
            if (!before.containsKey(file)) {
                LOG.log(System.Logger.Level.WARNING, "Threads of a plugin go on after its stop plugin={0} threads={1}",
                        file, names);
            }
            tell(file + THREADS, "these go on after its stop, and end with the process only: " + names);
        });
        sampling.look(!plugged.isEmpty() || left.any());
    }

    /// A bundle has ended when it does not run any more, whoever has stopped it; and begins when it does.
    private void watch(Collection<Plugin> plugged) {
        for (Plugin plugin : plugged) {
            for (Handle handle : plugin.handles()) {
                if (runs(handle.location()) && watched.put(handle.location(), plugin.file()) == null) {
                    left.again(handle.location());
                }
            }
        }
        watched.forEach((location, file) -> {
            if (!runs(location)) {
                watched.remove(location);
                lasting.again(location);
                if (location.equals(unwell.get(file))) {
                    unwell.remove(file);
                    tell(file + HEALTH, "");
                }
                left.stopped(file, location, clock.instant());
            }
        });
    }

    /// Whether a bundle of a plug-in is in the framework and does not run: of one that is plugged in an operator has
    /// stopped it.
    boolean stopped(Plugin plugin) {
        return plugin.handles().stream().anyMatch(handle -> installed(handle) && !runs(handle.location()));
    }

    /// A bundle that is being stopped runs still: its threads are its own.
    private boolean runs(String location) {
        return host.installed(new Handle("", location, "")).map(Bundle::getState)
                .filter(state -> (state & (Bundle.ACTIVE | Bundle.STARTING | Bundle.STOPPING)) != 0).isPresent();
    }

    /// Nothing of it is left that could compute, or be told to be its.
    private void over(String location) {
        use.forget(location);
        deciding.remove(location);
        classes.forget(location);
    }

    /// Ends looking; what was looked at goes on.
    void close() {
        sampling.close();
    }

    /// One does not run because of what it did.
    void count(String cause) {
        failures.computeIfAbsent(cause, _ -> new LongAdder()).increment();
    }

    /// Tells by health that something is wrong with a plug-in, or not any more when the reason is empty.
    void tell(String file, String reason) {
        host.tell(HealthReport.PLUGIN + file, reason);
    }

    /// Knows what bundles take of the processors.
    PluginUse use() {
        return use;
    }

    /// How many do not run, or did not, by cause.
    Map<String, LongAdder> failures() {
        return failures;
    }

    /// Threads that go on, by file.
    Map<String, List<String>> leftBehind() {
        return leftBehind;
    }
}
