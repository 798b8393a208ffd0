/// What the admission plug-ins of a cluster are made with: predicates of writes ([WriteAttributes]), reviews of who
/// may ([SubjectAccess], [SignerAccess]), what arguments and the file of `admission-control-config-file` say to
/// plug-ins ([OptionalPlugins], [PluginConfiguration], [EventLimits], [NodeSelectors], [TolerationLists]), and what
/// is done to an object without a look at another one ([LimitDefaults], [LimitCheck], [TokenVolume],
/// [MountableSecrets], [DefaultClass], [EvictionBudget]).
///
/// **Threads.** Any; only [EventLimiter] has state, within a bound. **Blocking.** Reviews for the API,
/// configurations for a file. **Errors.** An invalid file is an `IllegalArgumentException` that names file and
/// field.
@NullMarked
package io.k3j.admissionkit;

import org.jspecify.annotations.NullMarked;
