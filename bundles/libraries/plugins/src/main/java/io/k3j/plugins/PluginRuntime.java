package io.k3j.plugins;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.OfferedJars;
import io.k3j.featuremodel.Roster;
import io.k3j.featuremodel.Signatures;
import io.k3j.featuremodel.StateFiles;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.weaving.WeavingHook;

/// The plug-ins of a process: what its plug-in directory holds runs, and is stopped when it costs others. The way in of
/// this library.
///
/// **Who.** `features` makes one instance, after it can make changes and before it publishes anything.
/// **Order.** [#publish], then [#begin] before anything is started, then [#lookFirst] once what is wanted at the start
/// has been started, then [#retireGone] once, then [#look] again and again, then [#close]. **Threads.** One does all of
/// that; any other may ask for handles, copies, and what does not run. **Blocking.** Looks block while another change
/// is made, and for as long as bundles take to start and to stop, each within a limit. **Failure.** What is wrong with
/// a plug-in costs itself, and is told by health, in the log and by [#refused]; a look fails only where this process
/// ends.
public final class PluginRuntime implements AutoCloseable {
    /// Where what is installed lies.
    private final PluginCopies copies;
    private final PluginGuard guard;
    private final PluginWork work;
    private final MissedPlugins missed;
    private final PluginDirectory directory;

    /// Where plug-ins lie, and what is looked at with.
    ///
    /// @param dataDir has the plug-in directory, and keeps the copies
    /// @param disk makes the changes to files
    /// @param signatures say whom to trust
    /// @param offered copies what is looked at
    /// @param clock tells when something was refused, and how long a fault lasts
    public record Place(Path dataDir, StateFiles disk, Signatures signatures, OfferedJars offered, TimeSource clock) {
    }

    /// Reads which plug-ins ran before, and what they decided about; runs nothing.
    ///
    /// @param roster is told which plug-ins there are
    /// @param shipped the features of the distribution
    /// @param host has the bundles
    /// @param changes what is plugged in and out is a change
    /// @throws io.k3j.featuremodel.FeatureProblem naming the file, when what is remembered of plug-ins cannot be read
    public PluginRuntime(Place place, Roster roster, Collection<Feature> shipped, PluginHost host,
            ExclusiveChanges changes) {
        this.copies = new PluginCopies(place.dataDir, place.disk, new PluginMemory(place.dataDir, place.disk),
                place.signatures);
        InstantSource lasting = place.clock.monotonic();
        this.guard = new PluginGuard(host, lasting, new Recorder(place.dataDir));
        this.work = new PluginWork(new PluginReader(place.offered, host::shipped, host::exported, shipped), copies,
                changes, roster, guard);
        this.missed = new MissedPlugins(place.dataDir, new MissedPlugins.Parts(host::miss, place.disk, work,
                work::plugged, guard::decisions, guard::stopped, component -> disabled(roster.now(), component),
                lasting));
        this.directory = new PluginDirectory(place.dataDir, missed, place.clock);
    }

    /// Decisions that were made while it ran come before flags.
    private static boolean disabled(Roster.Now now, String component) {
        return now.decisions().allDisabled().contains(component)
                || now.disabled().contains(component) && !now.decisions().allEnabled().contains(component);
    }

    /// Has the classes of plug-ins looked at before they are defined, and publishes what is counted; to be called
    /// before any bundle of a plug-in is installed.
    ///
    /// @param context of the bundle that runs them, which ends all of it with its stop
    public void publish(BundleContext context) {
        context.addBundleListener(guard.classes());
        context.registerService(WeavingHook.class, guard.classes(), null);
        context.registerService(Metrics.class, new PluginMetrics(work, guard), null);
    }

    /// Has missed what decided about requests when it ran last and whose files are there, until it runs: to be called
    /// before anything is started that serves requests. Does not block.
    public void begin() {
        missed.begin();
    }

    /// Looks at the start, when nobody is copying.
    /// @throws InterruptedException when this process ends
    public void lookFirst() throws InterruptedException {
        directory.lookFirst();
    }

    /// Has that clean up which was taken away while this server was down.
    /// @throws InterruptedException when this process ends
    public void retireGone() throws InterruptedException {
        directory.retireGone();
    }

    /// Looks once: plugs in what is new, takes out what has gone, and stops what must not run any more. Blocks for as
    /// long as that takes.
    /// @throws InterruptedException when this process ends
    public void look() throws InterruptedException {
        directory.look();
    }

    /// The bundle of a plug-in; empty for a symbolic name that none has.
    public Optional<Handle> handle(String symbolicName) {
        return work.handle(symbolicName);
    }

    /// Where the copy of a plug-in's bundle lies.
    public Path copy(Handle handle) {
        return copies.path(handle.choice());
    }

    /// Bundles of plug-ins that were sound and do not run because of what they did.
    public List<Components.Component> failed() {
        return work.failed().components();
    }

    /// What the plug-in directory holds that does not run.
    public List<Components.Feature> refused() {
        return directory.refused();
    }

    /// Ends looking at what plug-ins compute; those that run go on.
    @Override
    public void close() {
        guard.close();
    }
}
