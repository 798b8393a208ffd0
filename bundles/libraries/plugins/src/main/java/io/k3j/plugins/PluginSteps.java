package io.k3j.plugins;

import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Step;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// The transactions by which a plug-in goes in and out, for whoever has the right to change.
record PluginSteps(ExclusiveChanges changing, PluginGuard guard) {
    /// Nobody waits for a plug-in at a console: the log tells.
    private static final Consumer<String> SILENT = line -> {
    };

    /// Puts its bundles beside those of the version that it replaces, which stays as it is when that fails.
    void installBeside(Plugin plugin, Plugin before) throws InterruptedException {
        try {
            changing.run(beside(plugin, before), SILENT);
        } catch (StepFailed e) {
            throw new SwapRefused(e.reason() + "; the version before runs on", e);
        }
    }

    /// What both have is there, and stays so: who undoes this takes it from nobody.
    static ChangePlan beside(Plugin plugin, Plugin before) {
        List<Handle> added = plugin.handles().stream().filter(one -> !before.handles().contains(one)).toList();
        return each("install", plugin, added, Step.Install::new);
    }

    /// Whether a step takes out what a plug-in has as well.
    static boolean removes(Step step, Plugin plugin) {
        return step instanceof Step.Remove remove && plugin.handles().contains(remove.bundle());
    }

    /// Takes out its bundles. What is in its start or its stop is not waited for once more.
    /// @param but those that another one has as well
    /// @return whether all of them are gone
    boolean remove(Plugin failed, Collection<Handle> but) throws InterruptedException {
        List<Handle> left = failed.handles().stream().filter(handle -> !but.contains(handle)).toList();
        for (Handle handle : left) {
            if (!guard.busy(handle)) {
                remove(failed, handle);
            }
        }
        return left.stream().noneMatch(guard::installed);
    }

    private void remove(Plugin failed, Handle handle) throws InterruptedException {
        try {
            changing.run(each("remove", failed, List.of(handle), Step.Remove::new), SILENT);
        } catch (StepFailed e) {
            System.getLogger("io.k3j.features").log(System.Logger.Level.WARNING,
                    "Plugin is not out in good order plugin={0} reason={1}", failed.file(), e.reason());
        }
    }

    /// A change of bundles alone: it decides nothing, and is undone as a whole.
    private static ChangePlan each(String what, Plugin plugin, List<Handle> bundles, Function<Handle, Step> step) {
        Handle first = plugin.handles().getFirst();
        return new ChangePlan(what, plugin.feature().name(), first, first, bundles.stream().map(step).toList());
    }

    /// Plugs it in, as an operator's component is enabled.
    ///
    /// @param installed whether its bundles are, and stay so when it fails
    /// @throws StepFailed with the reason; all is undone then
    void in(Plugin plugin, boolean installed) throws StepFailed, InterruptedException {
        ChangePlan all = changing.features().enable(plugin.feature().name(), List.of(plugin.feature()),
                new Step.Plug(plugin.feature()));
        changing.run(all.without(step -> installed && step instanceof Step.Install), SILENT);
    }

    /// Takes it out, as an operator's component is disabled.
    ///
    /// @param but steps that are not made
    /// @return what was not in good order
    List<String> out(Plugin plugin, Predicate<Step> but) throws InterruptedException {
        ChangePlan all = changing.features().disable(plugin.feature().name(), List.of(plugin.feature()),
                new Step.Unplug(plugin.feature()));
        try {
            return changing.run(all.without(but), SILENT);
        } catch (StepFailed e) {
            return List.of(e.reason());
        }
    }
}
