package io.k3j.authwebhook;

import java.time.Duration;
import java.util.List;

/// How a webhook is asked. Immutable.
/// @param timeout of one question, from the first packet to the last byte
/// @param version of the SubjectAccessReview, `v1` or `v1beta1`
/// @param deniesOnFailure `failurePolicy: Deny`; else the next authorizer is asked
/// @param authorizedTtl how long a yes is kept; zero: it is not
/// @param unauthorizedTtl the same for all else
/// @param kubeconfig names the server
/// @param conditions in CEL: who fulfils not all is not asked about
record WebhookConfiguration(Duration timeout, String version, boolean deniesOnFailure, Duration authorizedTtl,
        Duration unauthorizedTtl, String kubeconfig, List<String> conditions) {
}
