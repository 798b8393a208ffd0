/// Features as values and files: which there are, which are wanted, and how what runs comes to be what is wanted.
///
/// A library, used by `features`, and by `plugins` for what the plug-in directory holds. It knows no framework: what
/// it plans is made by others.
///
/// ```
/// feature.json, role list ─► FeatureFiles ─► Features ─┐
/// components.json ─► Decisions ────────────────────────┼─► Roster ─► DesiredFeatures
/// flags, settings of the cluster ──────────────────────┘     └─► FeatureChanges, ClusterChanges ─► ChangePlan
/// a jar that is offered ─► OfferedJars (Signatures) ─► JarFacts ─► ChosenBundles ─► Handle
/// ChangePlan of Steps ─► Transaction (Journal before each) ─► its hands; after an end of the process Recovery
/// ```
/// **Files.** All changes to the disk go through [StateFiles], and each survives a power failure once it has returned.
/// Under `<data-dir>/bundles`, of which one process is the only writer: `components.json`, `chosen.json`, `chosen/`,
/// `journal.json`, `offered/`. **Threads.** Values are immutable; of the rest each class says it. **Blocking.** On the
/// disk, and for as long as reading a jar takes. **Errors.** [FeatureProblem] for what lies on the disk or is
/// offered, `SwapRefused` for what an operator asks for, each with what to type.
@NullMarked
package io.k3j.featuremodel;

import org.jspecify.annotations.NullMarked;
