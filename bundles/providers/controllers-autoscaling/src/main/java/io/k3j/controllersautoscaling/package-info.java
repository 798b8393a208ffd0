/// The HorizontalPodAutoscaler controller of kube-controller-manager, under upstream's name and with upstream's
/// behaviour: <https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/>.
///
/// `HorizontalPodAutoscalers` takes a key every 15 seconds; `AutoscalerSync` is one pass: it reads the target's scale,
/// lets `MetricSources` propose replicas by `ReplicaCalculator`, bounds them by `ScalingLimits` and writes the scale.
/// `ControllersAutoscaling` is the OSGi component.
@NullMarked
package io.k3j.controllersautoscaling;

import org.jspecify.annotations.NullMarked;
