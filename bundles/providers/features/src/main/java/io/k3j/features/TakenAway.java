package io.k3j.features;

import java.util.Set;

/// Takes out what does not run any more when its file has gone: what was stopped because of what it did, and bundles
/// that were not out in time. One that does not end stays what it was, and is tried again. One thread.
record TakenAway(Changing changing, PluginSteps steps, StoppedPlugins stopped, PluginCopies copies) {
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

    private void end(Plugin plugin) {
        if (!changing.exclusively(() -> steps.remove(plugin, Set.of()))) {
            throw new FeatureProblem(UNENDED);
        }
    }
}
