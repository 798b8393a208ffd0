/// The feature manager: makes the running bundles match the features that are wanted.
///
/// *Role list − disabled = wanted.* [FeatureFiles] reads what there is, [Wanted] decides purely, [Applier]
/// installs, configures and starts, [Retirement] cleans up after what left the list, [Swaps] replaces one
/// bundle by another jar. [Features] is the door and holds them together.
///
/// | reads | writes (sole writer) |
/// |---|---|
/// | `features/roles/*.json`, `features/*/feature.json`, the launcher's plan | `<data-dir>/bundles/applied.json`, `chosen.json`, `chosen/*.jar`; all configurations; packaged files in `<data-dir>/server/manifests` |
///
/// The one provider that is not swapped live: it would saw the branch it sits on.
@NullMarked
package io.k3j.features;

import org.jspecify.annotations.NullMarked;
