/// The feature manager: makes the running bundles match the wanted features.
///
/// *Role list and plug-ins − disabled + enabled = wanted.* What is wanted, and the steps of each change, are values of
/// the library `feature-model`. Here [Applier] installs, configures and starts, [FeatureRetirement] cleans up after
/// features that are no longer wanted, [BundleHands] and [FeatureWork] make or undo what changes afterwards
/// ([Changing]): swaps, with their [Trials], components, and what the library `plugins` finds in its directory.
/// [Features] is the entry point, and [FeatureReconciler] connects them.
///
/// | reads | writes (sole writer, with its two libraries) |
/// |---|---|
/// | `features/roles/*.json`, `features/*/feature.json`, the launcher's plan, `<data-dir>/plugins` | `<data-dir>/bundles/*.json`, `chosen/*.jar`, `plugins/*.jar`; all configurations; packaged files in `<data-dir>/server/manifests` |
///
/// The one provider that is not swapped live: it performs the swaps itself.
@NullMarked
package io.k3j.features;

import org.jspecify.annotations.NullMarked;
