package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.MatchedRequest;

/// A webhook that is to be asked, and in which form of the request.
record Invocation(Webhook webhook, MatchedRequest request) {
}
