/// Custom resources: definitions become rows of the API at run time. See
/// <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/>.
///
/// Reads: CustomResourceDefinitions as a view. Writes (sole writer): their status, and the removal of the
/// finalizer `customresourcecleanup.apiextensions.k8s.io` after all instances are gone. That finalizer is on
/// a definition from its creation; upstream adds it when the deletion begins. CEL rules are accepted and not
/// evaluated: whoever writes them gets a warning. Conversion webhooks are refused when they would be needed.
@NullMarked
package io.k3j.resourcescrd;

import org.jspecify.annotations.NullMarked;
