package io.k3j.admissionpolicies;

/// What one expression of a policy has said of a request.
/// @param denied whether it is against it; with a failure as the failure policy has it
/// @param failed whether the expression could not be evaluated
/// @param reason of the refusal, as `Invalid`; empty where it failed
/// @param nanos how long it took
record PolicyDecision(boolean denied, boolean failed, String message, String reason, long nanos) {
    static PolicyDecision failed(boolean ignored, String message, long nanos) {
        return new PolicyDecision(!ignored, true, message, "", nanos);
    }

    /// As metrics name it.
    String errorType() {
        return failed ? errorType(message) : "no_error";
    }

    /// What kind of failure a message is of, as metrics name it.
    static String errorType(String message) {
        return message.startsWith("compilation") ? "compile_error"
                : message.startsWith("validation failed due to running out of cost budget") ? "out_of_budget"
                        : "invalid_error";
    }
}
