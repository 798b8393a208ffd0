package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.SwapRefused;
import io.k3j.features.Transaction.StepFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Plugs what is in the plugin directory in and out, each by a transaction as an operator's changes are. One thread
/// plugs; anyone may ask what is plugged in.
final class PluginWork implements PluginDirectory.Plugs {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final Consumer<String> SILENT = line -> {
    };
    private final PluginReader reader;
    private final PluginMemory memory;
    private final Changing changing;
    private final Roster roster;
    private final PluginCopies copies;
    private final HealthBoard health;
    private final Map<String, Plugin> byFile = new ConcurrentHashMap<>();
    private final Map<String, Handle> handles = new ConcurrentHashMap<>();

    PluginWork(PluginReader reader, PluginCopies copies, Changing changing, Roster roster, HealthBoard health) {
        this.reader = reader;
        this.memory = copies.memory();
        this.copies = copies;
        this.changing = changing;
        this.roster = roster;
        this.health = health;
    }

    /// The bundle of a plug-in; empty for a name that none has.
    Optional<Handle> handle(String symbolicName) {
        return Optional.ofNullable(handles.get(symbolicName));
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
            throw e;
        }
    }

    /// Stops what ran from a file and is trusted no more; it does not clean up, since nothing of it may run.
    private void stopDistrusted(String file) {
        Plugin before = byFile.get(file);
        if (before != null && copies.signatures().demanded() && copies.distrusted(before)) {
            LOG.log(System.Logger.Level.ERROR, "Plugin is not trusted any more and is stopped plugin={0} component={1}",
                    file, before.feature().name());
            changing.exclusively(() -> out(before, Step.Retire.class::isInstance));
        }
    }

    private void plugIn(Path file) throws InterruptedException {
        try (PluginReader.Found found = reader.read(file, memory.versions())) {
            Plugin plugin = found.plugin();
            refuseSecond(plugin);
            Plugin before = byFile.get(plugin.file());
            if (before != null && before.kept().equals(plugin.kept())) {
                return;
            }
            copies.keep(found);
            try {
                changing.exclusively(() -> replace(before, plugin));
            } catch (SwapRefused e) {
                copies.drop(plugin, before);
                throw new FeatureProblem(file + ": " + e.getMessage(), e);
            }
            memory.ran(plugin);
            LOG.log(System.Logger.Level.INFO, "Plugged in plugin={0} component={1} version={2} signer={3}",
                    plugin.file(), plugin.feature().name(), plugin.version(),
                    found.signer().isEmpty() ? "-" : found.signer());
        }
    }

    private void refuseSecond(Plugin plugin) {
        byFile.values().stream().filter(other -> !other.file().equals(plugin.file()) && other.clashes(plugin))
                .findFirst().ifPresent(other -> {
                    throw new FeatureProblem(plugin.file() + " has the Bundle-SymbolicName of " + other.file()
                            + ", which runs; take one of them away");
                });
    }

    /// While one takes the place of another their names are never without a bundle, so that whoever waits for what has
    /// that name goes on waiting, and lets nothing pass that an admission plug-in has not seen.
    private boolean replace(@Nullable Plugin before, Plugin plugin) throws InterruptedException {
        if (before != null) {
            installBeside(plugin);
            out(before, step -> step instanceof Step.Retire || removes(step, plugin));
        }
        try {
            in(plugin, before != null);
        } catch (StepFailed e) {
            String again = before == null ? "" : again(before, plugin);
            throw new SwapRefused(e.reason() + again, e);
        }
        if (before != null) {
            // only now: until the new one runs, the one before may have to run again
            copies.drop(before, plugin);
        }
        return true;
    }

    private void installBeside(Plugin plugin) throws InterruptedException {
        try {
            changing.run(each("install", plugin, plugin.handles(), Step.Install::new), SILENT);
        } catch (StepFailed e) {
            throw new SwapRefused(e.reason() + "; the version before runs on", e);
        }
    }

    /// Whether a step takes out what a plug-in has as well.
    private static boolean removes(Step step, Plugin plugin) {
        return step instanceof Step.Remove remove && plugin.handles().contains(remove.bundle());
    }

    private static ChangePlan each(String what, Plugin plugin, List<Handle> bundles, Function<Handle, Step> step) {
        Handle first = plugin.handles().getFirst();
        return new ChangePlan(what, plugin.feature().name(), first, first, bundles.stream().map(step).toList());
    }

    private String again(Plugin before, Plugin failed) throws InterruptedException {
        try {
            in(before, false);
            return "; version " + before.version() + " runs again";
        } catch (StepFailed e) {
            return "; version " + before.version() + " does not run again: " + e.reason();
        } finally {
            remove(failed, before);
        }
    }

    /// What the one before does not have.
    private void remove(Plugin failed, Plugin before) throws InterruptedException {
        List<Handle> left = failed.handles().stream().filter(handle -> !before.handles().contains(handle)).toList();
        try {
            changing.run(each("remove", failed, left, Step.Remove::new), SILENT);
        } catch (StepFailed e) {
            LOG.log(System.Logger.Level.WARNING, "Plugin is not out in good order plugin={0} reason={1}",
                    failed.file(), e.reason());
        }
    }

    /// @param installed whether its bundles are, and stay so when it fails
    private void in(Plugin plugin, boolean installed) throws StepFailed, InterruptedException {
        String name = plugin.feature().name();
        plugin.parts().forEach(part -> handles.put(part.bundle().symbolicName(), part.bundle()));
        List<Feature> with = new ArrayList<>(roster.now().plugins());
        with.add(plugin.feature());
        if (roster.with(with).features().contains(plugin.feature())) {
            try {
                Step plugged = new Step.Plug(plugin.feature());
                ChangePlan all = changing.features().enable(name, List.of(plugin.feature()), plugged);
                changing.run(all.without(step -> installed && step instanceof Step.Install), SILENT);
            } catch (StepFailed | RuntimeException e) {
                forget(plugin);
                throw e;
            }
        } else {
            // an operator has disabled it, or what it needs does not run
            roster.plug(with);
        }
        byFile.put(plugin.file(), plugin);
    }

    private void forget(Plugin plugin) {
        byFile.remove(plugin.file());
        plugin.parts().forEach(part -> handles.remove(part.bundle().symbolicName()));
    }

    /// @param but steps that are not made: to clean up is for what is out for good
    /// @return whether it is out in good order
    private boolean out(Plugin plugin, Predicate<Step> but) throws InterruptedException {
        Step unplugged = new Step.Unplug(plugin.feature());
        ChangePlan all = changing.features().disable(plugin.feature().name(), List.of(plugin.feature()), unplugged);
        List<String> left = new ArrayList<>();
        try {
            left.addAll(changing.run(all.without(but), SILENT));
        } catch (StepFailed e) {
            left.add(e.reason());
        }
        left.forEach(reason -> LOG.log(System.Logger.Level.WARNING,
                "Plugin is not out in good order plugin={0} reason={1}", plugin.file(), reason));
        forget(plugin);
        return left.isEmpty();
    }

    @Override
    public void unplug(String file) throws InterruptedException {
        Plugin plugin = byFile.get(file);
        if (plugin != null) {
            unplug(plugin);
        }
    }

    /// What has not cleaned up is remembered with its copy: the next start goes on with it.
    private void unplug(Plugin plugin) throws InterruptedException {
        boolean clean = changing.exclusively(() -> out(plugin, step -> false));
        if (clean) {
            memory.forget(plugin.file(), names(plugin));
            copies.drop(plugin, null);
        }
        LOG.log(System.Logger.Level.INFO, "Unplugged plugin={0} component={1}", plugin.file(),
                plugin.feature().name());
    }

    private static Set<String> names(Plugin plugin) {
        Set<String> names = new HashSet<>();
        plugin.parts().forEach(part -> names.add(part.bundle().symbolicName()));
        return names;
    }

    @Override
    public Set<String> ran() {
        Set<String> ran = new TreeSet<>(memory.kept().keySet());
        ran.removeAll(byFile.keySet());
        return ran;
    }

    @Override
    public void tidy() {
        copies.tidy(byFile.values());
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
            if (byFile.values().stream().anyMatch(plugin::clashes)) {
                // it has another name now
                memory.forget(file, Set.of());
                return;
            }
            copies.keep(found);
            plugin.parts().forEach(part -> handles.put(part.bundle().symbolicName(), part.bundle()));
            unplug(plugin);
        }
    }

    @Override
    public void tell(String file, String reason) {
        String name = "plugin " + file;
        if (reason.isEmpty()) {
            health.forget(name, -1);
        } else {
            LOG.log(System.Logger.Level.ERROR, "Plugin does not run plugin={0} reason={1}", file, reason);
            health.put(name, -1, HealthLevel.DEGRADED, reason);
        }
    }
}
