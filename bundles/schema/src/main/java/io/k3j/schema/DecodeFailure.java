package io.k3j.schema;

/// A document whose value has the wrong type, or is malformed. The message is upstream's:
/// `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
public final class DecodeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With upstream's message.
    public DecodeFailure(String message) {
        super(message, null, false, false);
    }
}
