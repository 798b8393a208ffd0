package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentbase.FaultyBundle;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/// Judges plug-ins while they run, and tells of those that do not run any more. What a plug-in does costs itself only
/// as far as it can be seen: calls that would end the process, processors, threads, and what its health says. One
/// thread judges, anybody may ask for figures.
final class PluginGuard {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// After the file's name, where health is about its threads.
    private static final String THREADS = " threads";
    /// What others say of a plug-in by its health, and how it is counted.
    private static final Map<String, String> CAUSES = Map.of(FaultyBundle.EXIT, "exit", FaultyBundle.CALL, "call");
    private final Bundles bundles;
    private final HealthBoard health;
    private final HealthGate gate;
    private final InstantSource clock;
    private final PluginClasses classes = new PluginClasses();
    private final PluginUse use = new PluginUse();
    private final LeftThreads left = new LeftThreads(use::threads, LeftThreads::alive);
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private volatile Map<String, List<String>> leftBehind = Map.of();
    private @Nullable PluginSampler sampler;

    /// What a plug-in has done.
    ///
    /// @param cause one word, for machines
    /// @param reason a sentence about it
    record Fault(String cause, String reason) {
    }

    PluginGuard(Bundles bundles, HealthBoard health, HealthGate gate, InstantSource clock) {
        this.bundles = bundles;
        this.health = health;
        this.gate = gate;
        this.clock = clock;
    }

    /// What sees their classes, to be registered before any of them is installed.
    PluginClasses classes() {
        return classes;
    }

    /// A plug-in is about to be started.
    synchronized void begins(Plugin plugin) {
        if (sampler == null) {
            sampler = PluginSampler.start(use, classes::owner);
        }
        for (Plugin.Part part : plugin.parts()) {
            left.again(part.bundle().location());
            use.again(part.bundle().location());
        }
    }

    /// A plug-in was taken out.
    void ended(Plugin plugin) {
        for (Plugin.Part part : plugin.parts()) {
            left.stopped(plugin.file(), part.bundle().location(), clock.instant());
        }
    }

    /// Why a plug-in must not run any more; empty when it may.
    Optional<Fault> fault(Plugin plugin) {
        return plugin.parts().stream().flatMap(part -> fault(part.bundle()).stream()).findFirst();
    }

    private Optional<Fault> fault(Handle handle) {
        String location = handle.location();
        Optional<Bundle> bundle = bundles.installed(handle);
        if (bundle.isEmpty()) {
            return Optional.empty();
        }
        Optional<Fault> told = health.of(bundle.get().getBundleId()).stream()
                .filter(report -> CAUSES.containsKey(report.component())).findFirst()
                .map(report -> new Fault(CAUSES.getOrDefault(report.component(), ""),
                        handle.symbolicName() + " " + report.message()));
        if (told.isPresent()) {
            return told;
        }
        List<String> faults = gate.snapshot(bundle.get()).faults();
        if (!faults.isEmpty()) {
            return Optional.of(new Fault("health", handle.symbolicName() + ": " + String.join(", ", faults)));
        }
        double processors = PluginReader.processors(bundle.get().getHeaders("").get(PluginReader.PROCESSORS));
        use.allow(location, processors);
        if (use.over(location)) {
            return Optional.of(new Fault("processor", handle.symbolicName() + " has used " + PluginUse.BURST.toSeconds()
                    + " s of processor time more than the " + processors
                    + " processors it may; what needs more says so: "
                    + PluginReader.PROCESSORS));
        }
        int threads = use.threads(location).size();
        return threads <= PluginUse.MOST_THREADS ? Optional.empty()
                : Optional.of(new Fault("threads", handle.symbolicName() + " has " + threads + " threads, more than "
                        + PluginUse.MOST_THREADS));
    }

    /// Looks after threads of what was stopped, and at nothing when there is nothing to look at.
    /// @param any whether there are plug-ins
    void look(boolean any) {
        Map<String, List<String>> before = leftBehind;
        Map<String, List<String>> now = left.look(clock.instant(), use::forget);
        leftBehind = now;
        before.keySet().stream().filter(file -> !now.containsKey(file)).forEach(file -> tell(file + THREADS, ""));
        now.forEach((file, names) -> {
            if (!before.containsKey(file)) {
                LOG.log(System.Logger.Level.WARNING, "Threads of a plugin go on after its stop plugin={0} threads={1}",
                        file, names);
            }
            tell(file + THREADS, "these go on after its stop, and end with the process only: " + names);
        });
        if (!any && !left.any()) {
            close();
        }
    }

    /// Ends looking; what was looked at goes on.
    synchronized void close() {
        PluginSampler running = sampler;
        sampler = null;
        if (running != null) {
            running.close();
        }
    }

    /// One does not run because of what it did.
    void count(String cause) {
        failures.computeIfAbsent(cause, _ -> new LongAdder()).increment();
    }

    /// Tells by health that something is wrong with a plug-in, or not any more when the reason is empty.
    void tell(String file, String reason) {
        String name = HealthReport.PLUGIN + file;
        if (reason.isEmpty()) {
            health.forget(name, -1);
        } else {
            health.put(name, -1, HealthLevel.DEGRADED, reason);
        }
    }

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
