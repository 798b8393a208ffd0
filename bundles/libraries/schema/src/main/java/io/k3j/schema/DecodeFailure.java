package io.k3j.schema;

/// A document whose value has the wrong type, or is malformed: 400 for whoever sent it. The message is upstream's:
/// `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. Has no stack trace:
/// what was sent is wrong and not the code, and clients can cause as many as they like.
public final class DecodeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With upstream's message.
    public DecodeFailure(String message) {
        super(message, null, false, false);
    }
}
