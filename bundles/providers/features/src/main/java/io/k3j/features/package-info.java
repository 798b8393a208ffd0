/// The feature manager: makes the running bundles match the wanted features.
///
/// *Role list and plug-ins − disabled + enabled = wanted.* [FeatureFiles] reads the features, [DesiredFeatures] decides
/// without side effects, [Applier] installs, configures and starts, [FeatureRetirement] cleans up after features that
/// are no longer wanted. What changes afterwards is a [ChangePlan] of [Step]s that a [Transaction] makes or undoes:
/// swaps, components, and jars of the [PluginDirectory]. [Features] is the entry point, and [FeatureReconciler]
/// connects them.
///
/// | reads | writes (sole writer) |
/// |---|---|
/// | `features/roles/*.json`, `features/*/feature.json`, the launcher's plan, `<data-dir>/plugins` | `<data-dir>/bundles/*.json`, `chosen/*.jar`, `plugins/*.jar`; all configurations; packaged files in `<data-dir>/server/manifests` |
///
/// The one provider that is not swapped live: it performs the swaps itself.
@NullMarked
package io.k3j.features;

import org.jspecify.annotations.NullMarked;
