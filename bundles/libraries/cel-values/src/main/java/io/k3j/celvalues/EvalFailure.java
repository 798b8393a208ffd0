package io.k3j.celvalues;

/// An expression that failed, in upstream's words. A value of the language, so it has no stack trace.
public final class EvalFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// With a message in upstream's words.
    public EvalFailure(String message) {
        super(message, null, false, false);
    }

    /// A map or an object has no such key.
    public static EvalFailure noSuchKey(Object key) {
        return new EvalFailure("no such key: " + key);
    }

    /// No form of a function takes these values.
    public static EvalFailure noSuchOverload() {
        return new EvalFailure("no such overload");
    }

    /// The message.
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
