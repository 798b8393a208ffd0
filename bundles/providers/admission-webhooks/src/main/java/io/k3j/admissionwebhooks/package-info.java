/// Dynamic admission: webhooks that MutatingWebhookConfigurations and ValidatingWebhookConfigurations name, and the one
/// of images that a file names (`ImagePolicyWebhook`). See
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>.
///
/// ```
///   view ─► ConfigurationSource ─► Webhook…            once for each change of a configuration
///   Write ─► RequestMatcher ─► WebhookConditions ─► Invocation
///   Invocation ─► WebhookCalls ─► AdmissionReviews ─► WebhookClient ─► ConnectionPool
///             MutatingWebhooks: in order, one after the other        ValidatingWebhooks: all at once
/// ```
///
/// Calls block virtual threads; the request has no seat meanwhile. While the configurations have not been read every
/// write is answered with 503. Nothing is asked where nothing is configured.
@NullMarked
package io.k3j.admissionwebhooks;

import org.jspecify.annotations.NullMarked;
