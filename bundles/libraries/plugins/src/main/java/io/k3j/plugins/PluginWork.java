package io.k3j.plugins;

import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Roster;
import io.k3j.featuremodel.Step;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Plugs what is in the plugin directory in and out, each by a transaction as an operator's changes are. One thread
/// plugs; anyone may ask what is plugged in.
final class PluginWork implements PluginDirectory.Plugs {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final PluginReader reader;
    private final PluginMemory memory;
    private final ExclusiveChanges changing;
    private final PluginSteps steps;
    private final Roster roster;
    private final PluginCopies copies;
    private final PluginGuard guard;
    private final FailedPlugins failed = new FailedPlugins(InstantSource.system());
    private final StoppedPlugins stopped = new StoppedPlugins();
    private final TakenAway taken;
    private final PluggedIn running = new PluggedIn();

    PluginWork(PluginReader reader, PluginCopies copies, ExclusiveChanges changing, Roster roster,
            PluginGuard guard) {
        this.reader = reader;
        this.memory = copies.memory();
        this.copies = copies;
        this.changing = changing;
        this.steps = new PluginSteps(changing, guard);
        this.taken = new TakenAway(changing, steps, stopped, copies);
        this.roster = roster;
        this.guard = guard;
    }

    /// The bundle of a plug-in; empty for a name that none has.
    Optional<Handle> handle(String symbolicName) {
        return running.handle(symbolicName);
    }

    @Override
    public Object keys() {
        return copies.signatures().keys();
    }

    @Override
    public void plug(Path file) throws InterruptedException {
        try {
            plugIn(file);
        } catch (FeatureProblem e) {
            stopDistrusted(file.getFileName().toString());
            throw stopped.told(file.getFileName().toString(), e);
        }
    }

    /// Stops what ran from a file and is trusted no more; it does not clean up, since nothing of it may run. What
    /// decides about requests is held, so that none passes without it.
    private void stopDistrusted(String file) {
        Plugin before = running.of(file);
        if (before != null && copies.signatures().demanded() && copies.distrusted(before)) {
            LOG.log(System.Logger.Level.ERROR, "Plugin is not trusted any more and is stopped plugin={0} component={1}",
                    file, before.feature().name());
            if (stop(before)) {
                stopped.owing(before);
            }
        }
    }

    private void plugIn(Path file) throws InterruptedException {
        try (PluginReader.Found found = reader.read(file, memory.versions())) {
            Plugin plugin = found.plugin();
            plugin.refuseBeside(Stream.concat(running.all().stream(), stopped.held().stream()));
            Plugin before = running.of(plugin.file());
            if (before != null && before.kept().equals(plugin.kept())) {
                failed.remove(plugin.file());
                return;
            }
            copies.keep(found);
            try {
                changing.exclusively(() -> replace(before, plugin));
            } catch (SwapRefused e) {
                if (!plugin.equals(stopped.plugin(plugin.file()))) {
                    copies.drop(plugin, before == null ? stopped.plugin(plugin.file()) : before);
                }
                guard.count("start");
                failed.add(plugin, "not started: " + e.getMessage());
                throw new FeatureProblem(file + ": " + e.getMessage(), e);
            }
            failed.remove(plugin.file());
            memory.ran(plugin);
            LOG.log(System.Logger.Level.INFO, "Plugged in plugin={0} component={1} version={2} signer={3}",
                    plugin.file(), plugin.feature().name(), plugin.version(),
                    found.signer().isEmpty() ? "-" : found.signer());
        }
    }

    /// While one takes the place of another their names are never without a bundle, so that whoever waits for what has
    /// that name goes on waiting, and lets nothing pass that an admission plug-in has not seen. One of other names has
    /// no such place: what was there before stays until the new one runs.
    private boolean replace(@Nullable Plugin before, Plugin plugin) throws InterruptedException {
        Plugin held = before == null ? stopped.held(plugin.file()) : null;
        Plugin there = before == null ? held : before;
        boolean renamed = there != null && !there.names().equals(plugin.names());
        if (there != null) {
            steps.installBeside(plugin, there);
        }
        if (before != null) {
            out(before, step -> step instanceof Step.Retire || PluginSteps.removes(step, plugin)
                    || renamed && step instanceof Step.Remove);
        } else if (held != null) {
            if (!renamed) {
                taken.leave(held, plugin);
            }
            guard.loadAnew(plugin.handles());
        }
        try {
            in(plugin, there != null);
        } catch (StepFailed | RuntimeException e) {
            String again = before == null ? "" : again(before, plugin, renamed);
            if (held != null) {
                taken.refused(held, plugin, renamed);
            }
            throw new SwapRefused(e.getMessage() + again, e);
        }
        // only now: until the new one runs, the one before may have to run again
        taken.replaced(there, plugin);
        return true;
    }

    private String again(Plugin before, Plugin failed, boolean renamed) throws InterruptedException {
        boolean decides = guard.decides(before);
        try {
            in(before, renamed);
            steps.remove(failed, before.handles());
            return "; version " + before.version() + " runs again";
        } catch (StepFailed | RuntimeException e) {
            Plugin holds = renamed ? before : failed;
            if (decides) {
                stopped.hold(holds);
            }
            steps.remove(failed, decides ? holds.handles() : before.handles());
            if (renamed && !decides) {
                steps.remove(before, Set.of());
            }
            return "; version " + before.version() + " does not run again: " + e.getMessage()
                    + (decides ? StoppedPlugins.HELD : "");
        }
    }

    /// @param installed whether its bundles are, and stay so when it fails
    private void in(Plugin plugin, boolean installed) throws StepFailed, InterruptedException {
        running.expect(plugin);
        List<Feature> with = new ArrayList<>(roster.now().plugins());
        with.add(plugin.feature());
        guard.begins(plugin);
        if (roster.with(with).features().contains(plugin.feature())) {
            try {
                steps.in(plugin, installed);
            } catch (StepFailed | RuntimeException e) {
                running.forget(plugin);
                throw e;
            }
        } else {
            // an operator has disabled it, or what it needs does not run
            roster.plug(with);
            if (installed) {
                steps.remove(plugin, Set.of());
            }
        }
        running.add(plugin);
    }

    /// @param but steps that are not made: to clean up is for what is out for good
    /// @return whether it is out in good order
    private boolean out(Plugin plugin, Predicate<Step> but) throws InterruptedException {
        List<String> left = steps.out(plugin, but);
        left.forEach(reason -> LOG.log(System.Logger.Level.WARNING,
                "Plugin is not out in good order plugin={0} reason={1}", plugin.file(), reason));
        running.forget(plugin);
        return left.isEmpty();
    }

    /// Stops one that must not run any more, without cleaning up. The bundles of one that decides about requests stay.
    private boolean stop(Plugin plugin) {
        boolean decides = guard.decides(plugin);
        changing.exclusively(() -> out(plugin,
                step -> step instanceof Step.Retire || decides && step instanceof Step.Remove));
        return decides;
    }

    @Override
    public Map<String, String> stopFailing() throws InterruptedException {
        Map<String, String> told = new TreeMap<>();
        for (Plugin plugin : running.all()) {
            PluginGuard.Fault fault = guard.fault(plugin).orElse(null);
            if (fault != null) {
                boolean decides = stop(plugin);
                stopped.add(plugin, decides);
                guard.count(fault.cause());
                failed.add(plugin, "stopped: " + fault.reason());
                told.put(plugin.file(), "it was stopped: " + fault.reason() + (decides ? StoppedPlugins.HELD : "")
                        + "; it runs again when its file has changed, or with the next start of this server");
            }
        }
        guard.look(running.all());
        return told;
    }

    /// Those that run.
    Collection<Plugin> plugged() {
        return running.all();
    }

    FailedPlugins failed() {
        return failed;
    }

    @Override
    public void unplug(String file) throws InterruptedException {
        failed.remove(file);
        Plugin plugin = running.of(file);
        if (plugin != null) {
            unplug(plugin);
        }
        taken.drop(file);
    }

    /// What has not cleaned up is remembered with its copy: the next start goes on with it.
    private void unplug(Plugin plugin) throws InterruptedException {
        boolean clean = changing.exclusively(() -> out(plugin, step -> false));
        if (clean) {
            memory.forget(plugin.file(), plugin.names());
            copies.drop(plugin, null);
        }
        if (plugin.handles().stream().anyMatch(guard::installed)) {
            stopped.owing(plugin);
        }
        LOG.log(System.Logger.Level.INFO, "Unplugged plugin={0} component={1}", plugin.file(),
                plugin.feature().name());
    }

    @Override
    public Set<String> ran() {
        Set<String> ran = new TreeSet<>(memory.kept().keySet());
        running.all().forEach(plugin -> ran.remove(plugin.file()));
        return ran;
    }

    @Override
    public void tidy() {
        copies.tidy(running.all());
    }

    /// The copy is what cleans up.
    @Override
    public void retire(String file) throws InterruptedException {
        Path kept = copies.path(memory.kept().getOrDefault(file, ""));
        if (!Files.isRegularFile(kept)) {
            memory.forget(file, Set.of());
            throw new FeatureProblem("its copy " + kept + " is away");
        }
        try (PluginReader.Found found = reader.read(kept, Map.of())) {
            Plugin plugin = new Plugin(file, found.plugin().feature(), found.plugin().parts(), found.plugin().kept());
            if (running.all().stream().anyMatch(plugin::clashes)) {
                // it has another name now
                memory.forget(file, Set.of());
                return;
            }
            copies.keep(found);
            running.expect(plugin);
            unplug(plugin);
        }
    }

    @Override
    public void tell(String file, String reason) {
        if (!reason.isEmpty()) {
            LOG.log(System.Logger.Level.ERROR, "Plugin does not run plugin={0} reason={1}", file, reason);
        }
        guard.tell(file, reason);
    }
}
