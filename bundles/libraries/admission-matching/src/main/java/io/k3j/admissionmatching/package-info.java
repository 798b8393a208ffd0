/// Which requests dynamic admission is asked of, webhooks and policies alike
/// (<https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>, "Matching requests"):
/// a [MatchCriteria] is what an object of `admissionregistration.k8s.io` says, a [RequestMatcher] compares it with a
/// write, a [MatchedRequest] is the answer: in which version of the resource the request is shown, to a webhook by an
/// AdmissionReview, to a policy as CEL's variables ([AdmissionObjects], [AdmissionRequests]).
///
/// [ConfigurationSource] holds what was made of the objects of one kind. It waits for them with the first write, so
/// that nothing passes unseen after a start, and costs one look afterwards.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.admissionmatching;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
