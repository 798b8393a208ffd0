package io.k3j.admissionpolicies;

/// A policy or binding cannot be applied as it is written. What follows is the policy's failure policy.
final class PolicyFault extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason in upstream's words
    PolicyFault(String reason) {
        super(reason, null, false, false);
    }

    /// The reason.
    String reason() {
        return String.valueOf(getMessage());
    }
}
