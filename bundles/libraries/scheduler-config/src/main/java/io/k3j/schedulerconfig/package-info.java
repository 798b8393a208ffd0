/// The scheduler's configuration file, `KubeSchedulerConfiguration` of `kubescheduler.config.k8s.io/v1`: profiles,
/// their plug-ins and the arguments of these (<https://kubernetes.io/docs/reference/scheduling/config/>). The command
/// line reads it before anything is started, the scheduler acts on it. What this scheduler has not is refused by its
/// name.
///
/// Immutable values; any thread. What reads the file blocks for the disk, nothing else blocks.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.schedulerconfig;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
