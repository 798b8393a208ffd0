package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.SwapRefused;
import io.k3j.features.Transaction.StepFailed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Plugs bundles of the plugin directory in and out, each by a transaction as an operator's changes are. One thread
/// plugs; anyone may ask what is plugged in.
final class PluginWork implements PluginDirectory.Plugs {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final Consumer<String> SILENT = line -> {
    };
    private final PluginReader reader;
    private final PluginMemory memory;
    private final Changing changing;
    private final Roster roster;
    private final Storage storage;
    private final HealthBoard health;
    private final Map<String, Plugin> byFile = new ConcurrentHashMap<>();
    private final Map<String, Handle> handles = new ConcurrentHashMap<>();

    /// Where the copies lie that are installed.
    record Storage(Path dataDir, StateFiles disk) {
        Path path(Handle handle) {
            return dataDir.resolve("bundles/plugins").resolve(handle.choice());
        }
    }

    PluginWork(PluginReader reader, Storage storage, Changing changing, Roster roster, HealthBoard health) {
        this.reader = reader;
        this.memory = new PluginMemory(storage.dataDir, storage.disk);
        this.storage = storage;
        this.changing = changing;
        this.roster = roster;
        this.health = health;
    }

    /// The bundle of a plug-in; empty for a name that none has.
    Optional<Handle> handle(String symbolicName) {
        return Optional.ofNullable(handles.get(symbolicName));
    }

    @Override
    public void plug(Path file) throws InterruptedException {
        Plugin plugin = reader.read(file, memory.versions());
        refuseSecond(plugin);
        Plugin before = byFile.get(plugin.file());
        storage.disk.copy(file, storage.path(plugin.bundle()));
        try {
            if (!JarFacts.read(storage.path(plugin.bundle())).digest().equals(plugin.bundle().digest())) {
                throw new FeatureProblem(file + " has changed while it was read; copy it again");
            }
            changing.exclusively(() -> replace(before, plugin));
        } catch (SwapRefused e) {
            storage.disk.delete(storage.path(plugin.bundle()));
            throw new FeatureProblem(file + ": " + e.getMessage(), e);
        }
        memory.ran(plugin.bundle().symbolicName(), plugin.version());
        LOG.log(System.Logger.Level.INFO, "Plugged in plugin={0} bundle={1} version={2}", plugin.file(),
                plugin.bundle().symbolicName(), plugin.version());
    }

    private void refuseSecond(Plugin plugin) {
        byFile.values().stream().filter(other -> !other.file().equals(plugin.file())
                && other.bundle().symbolicName().equals(plugin.bundle().symbolicName())).findFirst()
                .ifPresent(other -> {
                    throw new FeatureProblem(plugin.file() + " has the Bundle-SymbolicName of " + other.file()
                            + ", which runs; take one of them away");
                });
    }

    private boolean replace(@Nullable Plugin before, Plugin plugin) throws InterruptedException {
        if (before != null && before.bundle().equals(plugin.bundle())) {
            return true;
        }
        if (before != null) {
            out(before, false);
        }
        try {
            in(plugin);
        } catch (StepFailed e) {
            String again = before == null ? "" : again(before);
            throw new SwapRefused(e.reason() + again, e);
        }
        if (before != null) {
            // only now: until the new one runs, the one before may have to run again
            storage.disk.delete(storage.path(before.bundle()));
        }
        return true;
    }

    private String again(Plugin before) throws InterruptedException {
        try {
            in(before);
            return "; version " + before.version() + " runs again";
        } catch (StepFailed e) {
            return "; version " + before.version() + " does not run again: " + e.reason();
        }
    }

    private void in(Plugin plugin) throws StepFailed, InterruptedException {
        String name = plugin.bundle().symbolicName();
        handles.put(name, plugin.bundle());
        List<Feature> with = new ArrayList<>(roster.now().plugins());
        with.add(plugin.feature());
        if (roster.with(with).features().contains(plugin.feature())) {
            try {
                Step plugged = new Step.Plug(plugin.feature());
                changing.run(changing.features().enable(name, List.of(plugin.feature()), plugged), SILENT);
            } catch (StepFailed | RuntimeException e) {
                handles.remove(name);
                throw e;
            }
        } else {
            // an operator has disabled it
            roster.plug(with);
        }
        byFile.put(plugin.file(), plugin);
    }

    /// @param forGood whether it is to clean up after itself
    private void out(Plugin plugin, boolean forGood) throws InterruptedException {
        String name = plugin.bundle().symbolicName();
        Step unplugged = new Step.Unplug(plugin.feature());
        ChangePlan all = changing.features().disable(name, List.of(plugin.feature()), unplugged);
        List<Step> steps = all.steps().stream().filter(step -> forGood || !(step instanceof Step.Retire)).toList();
        try {
            changing.run(new ChangePlan(all.what(), all.name(), all.from(), all.to(), steps), SILENT);
        } catch (StepFailed e) {
            LOG.log(System.Logger.Level.WARNING, "Plugin is not out in good order plugin={0} reason={1}", plugin.file(),
                    e.reason());
        }
        byFile.remove(plugin.file());
        handles.remove(name);
    }

    @Override
    public void unplug(String file) throws InterruptedException {
        Plugin plugin = byFile.get(file);
        if (plugin != null) {
            changing.exclusively(() -> {
                out(Objects.requireNonNull(plugin), true);
                storage.disk.delete(storage.path(plugin.bundle()));
                return true;
            });
            memory.forget(plugin.bundle().symbolicName());
            LOG.log(System.Logger.Level.INFO, "Unplugged plugin={0} bundle={1}", file, plugin.bundle().symbolicName());
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
