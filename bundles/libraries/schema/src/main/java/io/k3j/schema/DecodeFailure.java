package io.k3j.schema;

/// A document whose value has the wrong type, or is malformed: 400 for whoever sent it. The message is upstream's:
/// `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. Has no stack trace:
/// what was sent is wrong and not the code, and clients can cause as many as they like.
public final class DecodeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String conversion;

    /// With upstream's message.
    public DecodeFailure(String message) {
        this(message, message);
    }

    /// @param conversion what upstream says of the same value where it is not read but converted, see [#conversion()]
    DecodeFailure(String message, String conversion) {
        super(message, null, false, false);
        this.conversion = conversion;
    }

    /// What upstream's converter says, by which the result of a strategic merge patch becomes an object:
    /// `unrecognized type: int32`.
    public String conversion() {
        return conversion;
    }
}
