/// Custom resources: adds API rows for CustomResourceDefinitions at run time. See
/// <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/>.
///
/// Reads: CustomResourceDefinitions through a view. Writes (sole writer): their status, and the removal of the
/// finalizer `customresourcecleanup.apiextensions.k8s.io` after all instances are deleted. A definition has that
/// finalizer from its creation; upstream adds it when the deletion begins. Rules in CEL are compiled when a definition
/// and evaluated when an object is written, by the bundle `cel`. Webhooks convert between versions; the calls are those
/// of `webhook-client`.
@NullMarked
package io.k3j.resourcescrd;

import org.jspecify.annotations.NullMarked;
