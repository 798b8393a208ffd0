package io.k3j.resourcescrd;

import io.k3j.model.Struct;
import java.net.URI;
import java.net.URISyntaxException;

/// Whether a definition of a group of Kubernetes' own (`*.k8s.io`, `*.kubernetes.io`) says who has approved it, by its
/// annotation `api-approved.kubernetes.io`, in upstream's words. See
/// <https://github.com/kubernetes/enhancements/pull/1111>.
///
/// @param state which of upstream's
/// @param message what the condition `KubernetesAPIApprovalPolicyConformant` and a refusal say
record ApiApproval(State state, String message) {
    static final String ANNOTATION = "api-approved.kubernetes.io";
    private static final String NEEDED = "protected groups must have approval annotation \"" + ANNOTATION + "\"";
    private static final String SEE = ", see https://github.com/kubernetes/enhancements/pull/1111";

    /// The states, with the reason of the condition.
    enum State {
        APPROVED("ApprovedAnnotation"), BYPASSED("UnapprovedAnnotation"), INVALID("InvalidAnnotation"), MISSING(
                "MissingAnnotation");

        private final String reason;

        State(String reason) {
            this.reason = reason;
        }

        /// As the condition has it.
        String reason() {
            return reason;
        }
    }

    /// Whether a group is one of Kubernetes' own.
    static boolean guards(String group) {
        return group.equals("k8s.io") || group.endsWith(".k8s.io") || group.equals("kubernetes.io")
                || group.endsWith(".kubernetes.io");
    }

    /// What the annotation of a definition says.
    static ApiApproval of(Struct definition) {
        String by = definition.struct("metadata").struct("annotations").text(ANNOTATION);
        if (by.isEmpty()) {
            return new ApiApproval(State.MISSING, NEEDED + SEE);
        }
        if (by.startsWith("unapproved")) {
            return new ApiApproval(State.BYPASSED, "not approved: \"" + by + "\"");
        }
        return url(by) ? new ApiApproval(State.APPROVED, "approved in " + by)
                : new ApiApproval(State.INVALID,
                        NEEDED + " with either a URL or a reason starting with \"unapproved\"" + SEE);
    }

    private static boolean url(String text) {
        try {
            URI uri = new URI(text);
            return uri.getScheme() != null && uri.getRawAuthority() != null && !uri.getRawAuthority().isEmpty();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
