/// The feature manager: makes the running bundles match the wanted features.
///
/// *Role list − disabled = wanted.* [FeatureFiles] reads the features, [DesiredFeatures] decides without side
/// effects, [Applier] installs, configures and starts, [FeatureRetirement] cleans up after features that are no
/// longer wanted, [Swaps] replaces one bundle by another jar. [Features] is the entry point and connects them.
///
/// | reads | writes (sole writer) |
/// |---|---|
/// | `features/roles/*.json`, `features/*/feature.json`, the launcher's plan | `<data-dir>/bundles/applied.json`, `chosen.json`, `chosen/*.jar`; all configurations; packaged files in `<data-dir>/server/manifests` |
///
/// The one provider that is not swapped live: it performs the swaps itself.
@NullMarked
package io.k3j.features;

import org.jspecify.annotations.NullMarked;
