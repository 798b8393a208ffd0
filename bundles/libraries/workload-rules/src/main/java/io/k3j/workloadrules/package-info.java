/// The rules of pods, of what makes them (Deployments, Jobs, …) and of what scales that, as far as the schema
/// cannot say them: defaults, what a write prepares, what may change, warnings, and the two forms of autoscalers.
/// [io.k3j.workloadrules.WorkloadKinds] is the entrance.
///
/// ```
/// WorkloadKinds ──► PodRules ──► PodDefaults, LabelKeys, PodUpdate, PodResize, PodStatusUpdate, PodWarnings, Quality
///               ├─► WorkloadRules, DaemonSetRules, StatefulSetRules ──► StatusCounters
///               ├─► JobRules, CronJobRules ──► JobLabels, JobStatusRules
///               │   (all these, and PodTemplateRules, ──► PodDefaults, TemplateRules)
///               └─► ScalerRules ──► ScalerForms, ScalerProblems, ScalerBehavior, ScalerMetrics
/// ```
///
/// Pure functions of an object, safe for any number of threads; nothing blocks, no other object is read. What is
/// wrong is collected in [io.k3j.validation.Problems], in upstream's words, and never thrown: clients and tests
/// compare these messages.
///
/// Source: upstream's `pkg/registry` and `pkg/apis` of `core`, `apps`, `batch` and `autoscaling`.
@NullMarked
package io.k3j.workloadrules;

import org.jspecify.annotations.NullMarked;
