package io.k3j.plugins;

import io.k3j.featuremodel.FeatureProblem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes out what does not run any more when its file has gone: what was stopped because of what it did, and bundles
/// that were not out in time. One that does not end stays what it was, and is tried again: as long as it is in the
/// framework, whoever misses it goes on missing it. One thread.
record TakenAway(ExclusiveChanges changing, PluginSteps steps, StoppedPlugins stopped, PluginCopies copies) {
    /// What is said of one that does not end.
    static final String UNENDED = "its file is gone, its bundle does not end";

    /// Takes out what came from a file.
    /// @throws FeatureProblem when a bundle is in the framework still
    void drop(String file) {
        Plugin plugin = stopped.plugin(file);
        if (plugin != null) {
            if (stopped.held(file) != null) {
                end(plugin);
            }
            boolean owes = stopped.owes(file);
            stopped.remove(file);
            if (!owes) {
                copies.memory().forget(file, plugin.names());
                copies.drop(plugin, null);
            }
        }
        for (Plugin one : stopped.replaced(file)) {
            end(one);
            stopped.ended(one);
        }
    }

    /// Takes out one that another one of the same file has the place of, but for what that one has as well.
    void leave(Plugin gone, Plugin other) throws InterruptedException {
        if (!steps.remove(gone, other.handles()) && !stopped.replaced(gone.file()).contains(gone)) {
            stopped.replaced(gone);
        }
    }

    /// Another one of the same file runs: the one before goes, whether it ran or was stopped.
    /// @param there the one before, if its bundles were there
    void replaced(@Nullable Plugin there, Plugin plugin) throws InterruptedException {
        Plugin gone = there == null ? stopped.plugin(plugin.file()) : there;
        stopped.remove(plugin.file());
        if (gone != null) {
            leave(gone, plugin);
            copies.drop(gone, plugin);
        }
    }

    /// Another one of the same file does not run in the place of one that is held: of those of the same names it is
    /// held from now on, else the one before.
    void refused(Plugin held, Plugin plugin, boolean renamed) throws InterruptedException {
        if (renamed) {
            leave(plugin, held);
        } else {
            stopped.hold(plugin);
            copies.drop(held, plugin);
        }
    }

    /// A change of its own, so that it waits for another one and no other one begins beside it.
    private void end(Plugin plugin) {
        if (!changing.exclusively(() -> steps.remove(plugin, Set.of()))) {
            throw new FeatureProblem(UNENDED);
        }
    }
}
