/// The plug-ins of `<data-dir>/plugins`: read, verified, plugged in and out, and judged while they run.
///
/// A library, used by `features`, which makes one instance of [PluginRuntime] and lends it the right to change what
/// runs ([ExclusiveChanges]), the bundles and their health ([PluginHost]). Nobody else has plug-ins.
///
/// ```
/// files ─► PluginDirectory ─► PluginReader, PluginArchive ─► Plugin ─► PluginWork ─► PluginSteps ─► ChangePlan
///                                                               PluginCopies, PluginMemory on the disk
/// what runs ─► PluginClasses (a weaving hook), PluginSampler ─► PluginUse, LeftThreads, HealthFaults ─► PluginGuard
/// what does not ─► FailedPlugins, StoppedPlugins; goes with its file: TakenAway; is missed: MissedPlugins
/// ```
/// **Files.** Under `<data-dir>/bundles`, as the only writer: `plugins.json`, `plugged.json`, `deciding.json`,
/// `plugins/`, `samples/`.
/// **Threads.** One looks; anybody may ask. The JDK's Flight Recorder samples while there are plug-ins, and only then.
/// **Errors.** A file that cannot run is told by health and by what [PluginRuntime#refused] returns, and costs itself
/// only.
@NullMarked
package io.k3j.plugins;

import org.jspecify.annotations.NullMarked;
